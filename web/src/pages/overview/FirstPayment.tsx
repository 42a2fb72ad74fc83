import { Card } from '../../components/Card.tsx';

/** Nothing was ever recorded: how that changes. */
export function FirstPayment() {
  const payment = {
    payment_id: 1001,
    user_id: 'u-77',
    order_id: 5001,
    payment_type: 'apple_pay',
    total_price: '2.50',
    logged_on: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
  };
  const curl = `curl ${window.location.origin}/api/v1/payments \\
  -H "authorization: Bearer $FARELOG_KEY" \\
  -H 'content-type: application/json' \\
  -d '${JSON.stringify(payment)}'`;
  return (
    <Card
      title="No payment has been recorded yet"
      about="Revenue, methods and hours show here with the first one."
    >
      <div className="first-payment">
        <section>
          <h3>Send one</h3>
          <p className="quiet">With a key of the role ingest or admin in FARELOG_KEY:</p>
          <pre>{curl}</pre>
        </section>
        <section>
          <h3>Let Bytemark send them</h3>
          <p className="quiet">
            Point its webhook, signed as Standard Webhooks says, at this address. The secret is in the data
            folder, under secrets/webhook-secret.
          </p>
          <pre>{window.location.origin}/webhooks/bytemark</pre>
        </section>
        <section>
          <h3>Bring a file</h3>
          <p className="quiet">CSV or JSON Lines; it may be run again at any time.</p>
          <pre>npx farelog import export.csv</pre>
        </section>
        <section>
          <h3>Or look around first</h3>
          <p className="quiet">90 days of invented payments, in a data folder of their own:</p>
          <pre>FARELOG_DATA_DIR=demo-data npm start -- --demo</pre>
        </section>
      </div>
    </Card>
  );
}
