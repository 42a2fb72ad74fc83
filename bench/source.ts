/**
 * The source document's table and queries, to the letter but for `knex` and `table` names that are arguments of their
 * surroundings. Their NOW() is the bench's instant and their session is in UTC.
 */
import knexFactory, { type Knex } from 'knex';

/** What Knex knows of a row of theirs. */
export type SourceRow = Readonly<Record<string, string | number>>;

export type SourceQueries = ReturnType<typeof sourceQueries>;

/** One connection to a database in which their queries run, at an instant in seconds since 1970. */
export async function openSourceKnex(url: string, nowS: number): Promise<Knex> {
  const knex = knexFactory({
    client: 'mysql2',
    connection: { uri: url, dateStrings: true },
    pool: { min: 1, max: 1 },
  });
  await knex.raw("SET time_zone = '+00:00'");
  await knex.raw('SET timestamp = ?', [nowS]);
  return knex;
}

const tableName = 'hntb_bytemark_order_payments';

export async function createSourceTable(knex: Knex): Promise<void> {
  await knex.schema.createTable(tableName, (table) => {
    table.integer('payment_id').unsigned().primary();
    table.string('user_id', 256).notNullable();
    table.integer('order_id').notNullable();
    table.string('payment_type', 32).notNullable();
    table.double('total_price').notNullable();
    table.dateTime('logged_on').notNullable().comment('The time that logged the bytemark pass');
    table.dateTime('created_on').notNullable().defaultTo(knex.raw('CURRENT_TIMESTAMP'));
    table
      .dateTime('modified_on')
      .notNullable()
      .defaultTo(knex.raw('CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP'));
    table.unique(['payment_id'], { indexName: 'payment_id' });
  });
}

interface ReportConfig {
  /** First and last second that count. */
  readonly dateRange: readonly [string, string];
}

export function sourceQueries(knex: Knex) {
  return {
    // Payment method distribution analysis
    analyzePaymentMethods: async (timeframe = 30): Promise<SourceRow[]> => {
      return await knex('hntb_bytemark_order_payments')
        .select('payment_type')
        .count('* as transaction_count')
        .sum('total_price as total_revenue')
        .avg('total_price as avg_transaction_value')
        .where('logged_on', '>=', knex.raw(`DATE_SUB(NOW(), INTERVAL ${timeframe} DAY)`))
        .groupBy('payment_type')
        .orderBy('total_revenue', 'desc');
    },

    // User spending pattern analysis
    analyzeUserSpending: async (userId: string) => {
      const spendingData: SourceRow = await knex('hntb_bytemark_order_payments')
        .where('user_id', userId)
        .select(
          knex.raw('COUNT(*) as total_transactions'),
          knex.raw('SUM(total_price) as total_spent'),
          knex.raw('AVG(total_price) as avg_transaction'),
          knex.raw('MIN(total_price) as min_transaction'),
          knex.raw('MAX(total_price) as max_transaction'),
          knex.raw('MIN(logged_on) as first_payment'),
          knex.raw('MAX(logged_on) as latest_payment'),
        )
        .first();

      const monthlySpending: SourceRow[] = await knex('hntb_bytemark_order_payments')
        .where('user_id', userId)
        .select(
          knex.raw('YEAR(logged_on) as year'),
          knex.raw('MONTH(logged_on) as month'),
          knex.raw('COUNT(*) as transactions'),
          knex.raw('SUM(total_price) as monthly_total'),
        )
        .groupBy('year', 'month')
        .orderBy(['year', 'month']);

      return { overview: spendingData, monthly: monthlySpending };
    },

    // Revenue trend analysis; `days` is always 90 in the source
    analyzeRevenueTrends: async (period = 'daily', days = 90): Promise<SourceRow[]> => {
      let dateFormat: string;
      let groupBy: string;

      switch (period) {
        case 'hourly':
          dateFormat = 'DATE_FORMAT(logged_on, "%Y-%m-%d %H:00:00")';
          groupBy = 'hour';
          break;
        case 'daily':
          dateFormat = 'DATE(logged_on)';
          groupBy = 'date';
          break;
        case 'weekly':
          dateFormat = 'YEARWEEK(logged_on)';
          groupBy = 'week';
          break;
        case 'monthly':
          dateFormat = 'DATE_FORMAT(logged_on, "%Y-%m")';
          groupBy = 'month';
          break;
        default:
          dateFormat = 'DATE(logged_on)';
          groupBy = 'date';
      }

      return await knex('hntb_bytemark_order_payments')
        .select(knex.raw(`${dateFormat} as ${groupBy}`))
        .count('* as transactions')
        .sum('total_price as revenue')
        .avg('total_price as avg_transaction_value')
        .where('logged_on', '>=', knex.raw(`DATE_SUB(NOW(), INTERVAL ${days} DAY)`))
        .groupBy(knex.raw(dateFormat))
        .orderBy(groupBy);
    },

    // Generate detailed payment analysis report
    generatePaymentReport: async (reportConfig: ReportConfig) => {
      // Overall summary statistics
      const summary: SourceRow = await knex('hntb_bytemark_order_payments')
        .select(
          knex.raw('COUNT(*) as total_transactions'),
          knex.raw('COUNT(DISTINCT user_id) as unique_users'),
          knex.raw('SUM(total_price) as total_revenue'),
          knex.raw('AVG(total_price) as avg_transaction'),
          knex.raw('MIN(logged_on) as first_transaction'),
          knex.raw('MAX(logged_on) as latest_transaction'),
        )
        .whereBetween('logged_on', reportConfig.dateRange)
        .first();

      // Revenue trends over time
      const trends: SourceRow[] = await knex('hntb_bytemark_order_payments')
        .select(knex.raw('DATE(logged_on) as date'))
        .count('* as daily_transactions')
        .sum('total_price as daily_revenue')
        .whereBetween('logged_on', reportConfig.dateRange)
        .groupBy(knex.raw('DATE(logged_on)'))
        .orderBy('date');

      // User segmentation analysis
      const userAnalysis: SourceRow[] = await knex('hntb_bytemark_order_payments')
        .select('user_id')
        .count('* as transaction_count')
        .sum('total_price as total_spent')
        .whereBetween('logged_on', reportConfig.dateRange)
        .groupBy('user_id')
        .orderBy('total_spent', 'desc');

      // Payment method breakdown
      const paymentMethods: SourceRow[] = await knex('hntb_bytemark_order_payments')
        .select('payment_type')
        .count('* as usage_count')
        .sum('total_price as method_revenue')
        .avg('total_price as avg_amount')
        .whereBetween('logged_on', reportConfig.dateRange)
        .groupBy('payment_type')
        .orderBy('method_revenue', 'desc');

      return { summary, trends, userAnalysis, paymentMethods };
    },

    // Payment processing time analysis; the source's error rates are a function that it does not have
    analyzePaymentPerformance: async () => {
      const processingTimes: SourceRow[] = await knex('hntb_bytemark_order_payments')
        .select(
          knex.raw('payment_type'),
          knex.raw('AVG(TIMESTAMPDIFF(SECOND, created_on, logged_on)) as avg_processing_seconds'),
          knex.raw('MAX(TIMESTAMPDIFF(SECOND, created_on, logged_on)) as max_processing_seconds'),
          knex.raw('COUNT(*) as sample_size'),
        )
        .where('logged_on', '>=', knex.raw('DATE_SUB(NOW(), INTERVAL 30 DAY)'))
        .groupBy('payment_type')
        .orderBy('avg_processing_seconds');

      return { processingTimes };
    },
  };
}
