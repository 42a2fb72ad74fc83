import type { ComponentProps } from 'react';
import './button.css';

export type ButtonKind = 'plain' | 'primary' | 'danger' | 'quiet';

interface Props extends Omit<ComponentProps<'button'>, 'className'> {
  readonly kind?: ButtonKind;
}

export function Button({ kind = 'plain', type = 'button', ...rest }: Props) {
  return <button type={type} className={`button button-${kind}`} {...rest} />;
}

/** A link that is as large as a button, for a file to download. */
export function DownloadLink({ href, children }: { href: string; children: string }) {
  return (
    <a className="button button-plain" href={href} download>
      {children}
    </a>
  );
}
