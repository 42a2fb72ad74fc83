import { UserIcon } from '../components/icons.tsx';
import { Popover } from '../components/Popover.tsx';
import { Segments } from '../components/Tabs.tsx';
import { useFormat } from '../format/use-format.ts';
import { useSession, useSignOut } from '../session/session.ts';
import { chooseTheme, type ThemeChoice, useThemeChoice } from '../theme/theme.ts';

const THEMES: readonly (readonly [ThemeChoice, string])[] = [
  ['system', 'System'],
  ['light', 'Light'],
  ['dark', 'Dark'],
];

export function UserMenu() {
  const { key_name, role, expires_at } = useSession();
  const theme = useThemeChoice();
  const signOut = useSignOut();
  const format = useFormat();
  return (
    <Popover title="You" label={`Signed in with the key ${key_name}`} kind="quiet" button={<UserIcon />}>
      {() => (
        <div className="user-menu">
          <p>
            <b>{key_name}</b>
            <span className="quiet small">
              {role}, until {format.dateTime(expires_at)}
            </span>
          </p>
          <Segments label="Colours" value={theme} options={THEMES} onChange={chooseTheme} />
          <hr className="menu-rule" />
          <a className="menu-item" href="/docs">
            HTTP interface
          </a>
          <button
            type="button"
            className="menu-item"
            onClick={() => signOut.mutate()}
            disabled={signOut.isPending}
          >
            Sign out
          </button>
        </div>
      )}
    </Popover>
  );
}
