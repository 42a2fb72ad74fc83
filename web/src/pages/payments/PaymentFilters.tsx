/** What payments are looked for. A type is taken when it is chosen; what is typed, when it is sent off. */
import { typeInWords } from 'farelog/documents/names.ts';
import { type FormEvent, useState } from 'react';
import { usePaymentTypes } from '../../api/payments.ts';
import { Button } from '../../components/Button.tsx';
import { Field } from '../../components/Field.tsx';
import { Select } from '../../components/Select.tsx';
import { useSession } from '../../session/session.ts';
import { errorsOf, type FilterFields, type FilterName, hasErrors, isFiltered, NO_FILTER } from './filter.ts';

interface Props {
  /** What the URL says. */
  readonly fields: FilterFields;
  readonly onFilter: (changes: Readonly<Partial<Record<FilterName, string | null>>>) => void;
}

/** Begun anew where the URL says otherwise, so that the fields never tell of another list than that below. */
export function PaymentFilters({ fields, onFilter }: Props) {
  return <FilterForm key={JSON.stringify(fields)} fields={fields} onFilter={onFilter} />;
}

function FilterForm({ fields, onFilter }: Props) {
  const { currency } = useSession();
  const [typed, setTyped] = useState(fields);
  const errors = errorsOf(typed);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!hasErrors(errors)) onFilter(typed);
  };
  const field = (name: FilterName) => ({
    name,
    value: typed[name],
    error: errors[name],
    onChange: (value: string) => setTyped({ ...typed, [name]: value.trim() }),
  });
  return (
    <form className="card filters" aria-label="Filters" onSubmit={submit} noValidate>
      <div className="filters-rider">
        <Field label="Rider" placeholder="The whole id" {...field('user_id')} />
      </div>
      <TypeSelect
        value={fields.payment_type}
        onChange={(payment_type) => onFilter({ ...typed, payment_type })}
      />
      <Field label="Order" inputMode="numeric" {...field('order_id')} />
      <Field label={`Price from (${currency})`} inputMode="decimal" {...field('min_price')} />
      <Field label={`Price to (${currency})`} inputMode="decimal" {...field('max_price')} />
      <div className="filters-buttons">
        <Button type="submit" kind="primary">
          Filter
        </Button>
        <Button kind="quiet" disabled={!isFiltered(typed)} onClick={() => onFilter(NO_FILTER)}>
          Clear
        </Button>
      </div>
    </form>
  );
}

function TypeSelect({ value, onChange }: { value: string; onChange: (type: string) => void }) {
  const known = usePaymentTypes();
  // One that was never paid with may stand in an address all the same.
  const types = value === '' || known.includes(value) ? known : [value, ...known];
  return (
    <Select
      label="Type"
      value={value}
      options={[['', 'All types'], ...types.map((type) => [type, typeInWords(type)] as const)]}
      onChange={onChange}
    />
  );
}
