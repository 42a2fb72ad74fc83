/**
 * Made by `npm run api-types` from the server's OpenAPI document; a test says when it is stale. Not to be edited.
 */
export interface paths {
    "/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The dashboard, for people
         * @description Its views have addresses of their own, which a browser gets the same page for. Without a build it says how to make one.
         *
         *     Open to anyone.
         */
        get: operations["getDashboard"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * This documentation, for machines
         * @description OpenAPI 3.1, made from the schemas that the routes check their parameters with.
         *
         *     Open to anyone.
         */
        get: operations["getOpenApi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/adjustments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Adjustments by filter, newest first
         * @description Newest `adjusted_on` first. Following `next_cursor` gives every adjustment once, whatever arrives meanwhile. CSV without a `limit` is every adjustment that matches, as one stream.
         *
         *     Role: `researcher`, or `admin`.
         */
        get: operations["listAdjustments"];
        put?: never;
        /**
         * Record one refund, void or correction, or many
         * @description One adjustment, or an array of up to 1000. Each name is recorded once: the same content again is a duplicate, other content a conflict, and the first one stands. One whose payment is not here yet is kept, and counts as soon as that is. More may be taken back than was paid: it counts, and `over_adjusted` says so.
         *
         *     Role: `ingest`, or `admin`.
         */
        post: operations["recordAdjustments"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/distribution": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How spending is spread over riders
         * @description Of the riders who paid within the range: quantiles, Lorenz curve and Gini coefficient. In CSV the Lorenz curve. By default the last 30 times 24 hours.
         *
         *     Role: `analyst`, or `researcher` or `admin`.
         */
        get: operations["analyzeSpendingDistribution"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/methods": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Payments and revenue by payment type
         * @description By revenue, highest first. By default the last 30 times 24 hours. Shares are of the range; changes are against the period of equal length just before it.
         *
         *     Role: `analyst`, or `researcher` or `admin`.
         */
        get: operations["analyzePaymentMethods"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/overview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Headline figures, and what changed
         * @description Payments, revenue (gross, adjustments and net), riders and the average price of the range and of the period of equal length just before (a range without end is as long as it has lasted). By default the last 30 times 24 hours.
         *
         *     Role: `analyst`, or `researcher` or `admin`.
         */
        get: operations["getOverview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/performance": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Processing times and error rates
         * @description Processing time is the time from payment to capture, in whole seconds, of live sources (webhook and API); imports and replays bring what is past and are left out. Shortest average first. Error rates are by source and reason, of deliveries received in the range, its first hour as a whole. In CSV the processing times. By default the last 30 times 24 hours.
         *
         *     Role: `analyst`, or `researcher` or `admin`.
         */
        get: operations["analyzePaymentPerformance"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/prices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How prices are spread
         * @description Of all payments first, then of each payment type. By default the last 30 times 24 hours.
         *
         *     Role: `analyst`, or `researcher` or `admin`.
         */
        get: operations["analyzePrices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/profile": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Payments by weekday and hour
         * @description All 168 cells, from the first hour of Sunday. By default the last 90 times 24 hours.
         *
         *     Role: `analyst`, or `researcher` or `admin`.
         */
        get: operations["analyzeWeekProfile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/report": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The whole report of a period
         * @description Headline figures and those of the period before, days, payment methods, hours of the week, what was left out, and with `since` what changed. Riders by spend are there for researchers alone. By default the last 30 times 24 hours.
         *
         *     Role: `analyst`, or `researcher` or `admin`.
         */
        get: operations["generatePaymentReport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/restatements": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Days that changed since an earlier capture, and why
         * @description What was captured after `since` for days of the range, by day. Give the `as_of` of an earlier answer to learn why its figures changed. By default days of the last 90 times 24 hours.
         *
         *     Role: `analyst`, or `researcher` or `admin`.
         */
        get: operations["listRestatements"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/riders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * New and returning riders by day, week or month
         * @description Exact counts of different riders, in the order of time. By default the last 90 times 24 hours.
         *
         *     Role: `analyst`, or `researcher` or `admin`.
         */
        get: operations["analyzeRiderActivity"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/silence": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether capture is unusually quiet
         * @description The last hours and the one that is going on, each beside the same hour of the week in the 8 weeks before; of the one that is going on, as much as has passed. An hour is quiet where it is below the usual range, below half of the median, and too far below it for chance. There is no alarm with under 4 weeks of history, nor where the median is 9 payments or less.
         *
         *     Role: `analyst`, or `researcher` or `admin`.
         */
        get: operations["getSilence"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/sources": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What each way of coming in has brought, and how far it has read
         * @description Each source with its deliveries received in the range, its first hour as a whole, and when it last brought a payment; the lag of live ones; and up to where pull and sync have read. Every source is there, also one that is not used. In CSV the sources. By default the last 30 times 24 hours.
         *
         *     Role: `analyst`, or `researcher` or `admin`.
         */
        get: operations["analyzeSources"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/spending/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One rider's spending
         * @description Over all time, or within a range, and by month of the reporting zone. A rider who never paid has zeros, and null where there is nothing to tell. In CSV the months.
         *
         *     Role: `researcher`, or `admin`.
         */
        get: operations["analyzeUserSpending"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/switching": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How riders change between payment types
         * @description From each payment of a rider to the next one of the same rider within the range; the same type twice is a row too. What fewer than 11 riders did is told to researchers alone: for others it is folded into the type `other`, and left out where that is not enough. Most transitions first. By default the last 30 times 24 hours; at most 92 days.
         *
         *     Role: `analyst`, or `researcher` or `admin`.
         */
        get: operations["analyzeSwitching"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/top-riders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Riders by spend
         * @description Highest first, among equals by their id; following `next_cursor` gives each rider once. By default the last 30 times 24 hours.
         *
         *     Role: `researcher`, or `admin`.
         */
        get: operations["listTopRiders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/analytics/trends": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Revenue by hour, day, week or month
         * @description In the order of time, by default the last 90 times 24 hours. A bucket has the name that the source's query gives it: `hour` (YYYY-MM-DD HH:00:00), `date`, `week` (YEARWEEK in MySQL's default mode) or `month` (YYYY-MM), and `starts_at`, the instant at which it begins. Where clocks go back, an hour's name comes twice.
         *
         *     Role: `analyst`, or `researcher` or `admin`.
         */
        get: operations["analyzeRevenueTrends"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who read rider-level data, newest first
         * @description Who read rider-level data or changed quarantine and keys, when, and with which filter. Every row holds the SHA-256 of the row before it and of itself; `farelog audit verify` follows the chain.
         *
         *     Role: `admin`.
         */
        get: operations["listAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/calendar": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What was changed for riders, and when
         * @description Fares, promotions, free days, policies and events, by their first day. Of a range, whatever holds on one of its days: the marks of a chart of the same range are those that begin or end in it. Dates are local ones of the reporting zone.
         *
         *     Role: `analyst`, or `researcher` or `admin`.
         */
        get: operations["listCalendar"];
        put?: never;
        /**
         * Add an entry
         * @description All problems are told at once. Two fares of one payment type may not hold on the same day; one without an end gives way to the next. It is written in the audit.
         *
         *     Role: `admin`.
         */
        post: operations["addCalendarEntry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/calendar/{entry_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Write an entry anew
         * @description The whole of it, under the same rules; what it was before stands in the audit.
         *
         *     Role: `admin`.
         */
        put: operations["changeCalendarEntry"];
        post?: never;
        /**
         * Take an entry out
         * @description For one that was never true; what was true and is over is changed to end. The audit keeps what it was.
         *
         *     Role: `admin`.
         */
        delete: operations["removeCalendarEntry"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * API keys, oldest first
         * @description Those that expired or were revoked too. The keys themselves are not stored.
         *
         *     Role: `admin`.
         */
        get: operations["listKeys"];
        put?: never;
        /**
         * Make an API key
         * @description It is told in this answer and never again: Farelog keeps its hash alone.
         *
         *     Role: `admin`.
         */
        post: operations["createKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/keys/{id}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Revoke an API key
         * @description It and the sessions that were opened with it are refused by every instance within two seconds. The last admin key that is valid cannot be revoked here (409), as nobody could make another.
         *
         *     Role: `admin`.
         */
        post: operations["revokeKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Commits as they happen
         * @description Server-sent events, of all instances on the database: first `hello`, then a `commit` for what was committed since the event before. Aggregates alone: no rider, no payment. Every event has an id; a client that comes back with it in `Last-Event-ID` is told what it missed, once, or `reset` where it missed too much: then load the figures anew. A comment comes at every heartbeat. The stream ends when the key or the session ends, or the service stops.
         *
         *     Role: `analyst`, or `researcher` or `admin`.
         */
        get: operations["followCommits"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/payments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Payments by filter, newest first
         * @description Newest `logged_on` first, and among equals the highest id. Following `next_cursor` gives every payment once, whatever arrives meanwhile. CSV without a `limit` is every payment that matches, as one stream without ETag; a stream that breaks off is cut without its end.
         *
         *     Role: `researcher`, or `admin`.
         */
        get: operations["listPayments"];
        put?: never;
        /**
         * Record one payment, or many
         * @description One payment, or an array of up to 1000. A payment id is recorded once: the same content again is a duplicate, answered with the stored record; other content under the same id is a conflict, and the first one stands. Nothing is quarantined. 2xx means that the payment is stored durably.
         *
         *     Role: `ingest`, or `admin`.
         */
        post: operations["recordPayments"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/payments/{payment_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One payment with its capture and its adjustments
         * @description The record, and how it came in: source, the word of the provider, reference, time. A payment that another program wrote into the table has no capture.
         *
         *     Role: `researcher`, or `admin`.
         */
        get: operations["getPayment"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/quarantine": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Deliveries in quarantine, newest first
         * @description Without their payloads, which name riders.
         *
         *     Role: `admin`.
         */
        get: operations["listQuarantine"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/quarantine/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One delivery with its payload
         * @description The payload holds the identity of a rider.
         *
         *     Role: `admin`.
         */
        get: operations["getQuarantined"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/quarantine/{id}/discard": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give a delivery up
         * @description Its payload is erased; its problems and times stay.
         *
         *     Role: `admin`.
         */
        post: operations["discardQuarantined"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/quarantine/{id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Record a delivery again
         * @description For one whose cause is mended. With 409 or 422 it stays in quarantine, with its problems.
         *
         *     Role: `admin`.
         */
        post: operations["replayQuarantined"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reconciliations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Reconciliations, newest first
         * @description Each compared a span of time with the provider’s records, one by one.
         *
         *     Role: `analyst`, or `researcher` or `admin`.
         */
        get: operations["listReconciliations"];
        put?: never;
        /**
         * Hold the provider’s records of a span against the payments here
         * @description Answers once it has begun; `getReconciliation` tells when it is done, or why it failed. What is missing here is recorded. One at a time on an instance. Settlement files are for the command.
         *
         *     Role: `admin`.
         */
        post: operations["startReconciliation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reconciliations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One reconciliation with its report
         * @description Totals are as they were compared, before what was missing here was recorded.
         *
         *     Role: `analyst`, or `researcher` or `admin`.
         */
        get: operations["getReconciliation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reconciliations/{id}/totals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Both sides’ totals by day and payment type
         * @description As the report has them, a line a day and payment type, for a file: the last columns are the parts of the difference by category, and add up to it.
         *
         *     Role: `analyst`, or `researcher` or `admin`.
         */
        get: operations["getReconciliationTotals"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reconciliations/items": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Exceptions that reconciliation found, newest first
         * @description The same exception in a later run is the same item. No rider is named. CSV without a `limit` is all of them, as one stream without ETag; where several fields differ, names and values are divided by semicolons.
         *
         *     Role: `analyst`, or `researcher` or `admin`.
         */
        get: operations["listReconciliationItems"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reconciliations/items/counts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How many exceptions there are of each kind and status
         * @description Of all, or of the time that one reconciliation looked at. Those of which there are none are left out.
         *
         *     Role: `analyst`, or `researcher` or `admin`.
         */
        get: operations["countReconciliationItems"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reconciliations/items/decide": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Accept exceptions, ignore them until a day, or correct them
         * @description A decision holds as long as the difference stays the same; another value opens the item again. No payment is changed: correcting records an adjustment that brings the payment to what the provider says, where the price differs or the payment is missing there. 409 where it would not be the difference that was shown.
         *
         *     Role: `admin`.
         */
        post: operations["decideReconciliationItems"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/releases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Releases of research data, newest first
         * @description What left the team by `farelog release build`: who, when, for whom, what, and under which checksum.
         *
         *     Role: `admin`.
         */
        get: operations["listReleases"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/riders/erase": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Erase riders
         * @description For good, from everything that is stored. Payments stay, with `erased` in the place of the rider, and so do all totals. What is delivered of them later loses its rider before it is stored. The audit tells how many, not whom.
         *
         *     Role: `admin`.
         */
        post: operations["eraseRiders"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/riders/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take a withdrawal back
         * @description Research released from now on counts them again.
         *
         *     Role: `admin`.
         */
        post: operations["restoreRiders"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/riders/withdraw": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Withdraw riders from research
         * @description Research released from now on leaves them out. Operational figures keep them.
         *
         *     Role: `admin`.
         */
        post: operations["withdrawRiders"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/riders/withdrawn": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who has withdrawn from research
         * @description In the order of the stored ids.
         *
         *     Role: `admin`.
         */
        get: operations["listWithdrawn"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schedule": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Scheduled work: last run, next run
         * @description Pull, sync and reconcile, scheduled or not. Of several instances one runs each; which one is told, and how it ended.
         *
         *     Role: `analyst`, or `researcher` or `admin`.
         */
        get: operations["listSchedule"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who is signed in
         * @description The session of the cookie, with what a page needs to know first.
         *
         *     Asks for a session, of any role.
         */
        get: operations["getSession"];
        put?: never;
        /**
         * Open a session with a key
         * @description For browsers, which should not keep a key: the answer sets a cookie that no script can read, and that is accepted wherever the key is. A request by cookie that changes something needs the header `x-farelog-request: 1` and must come from this origin. The session ends when it expires, when its key does or is revoked, and by signing out.
         *
         *     Open to anyone.
         */
        post: operations["signIn"];
        /**
         * End the session
         * @description It is deleted here, and refused by every instance within two seconds.
         *
         *     Asks for a session, of any role.
         */
        delete: operations["signOut"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/studies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Every study, with its question and its options
         * @description What can be asked of `/api/v1/studies/{name}`: each option with its meaning, its choices and its default. Options that are files are for the command and the library alone.
         *
         *     Role: `analyst`, or `researcher` or `admin`.
         */
        get: operations["listStudies"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/studies/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Ask a study
         * @description Reads the payments one by one, without riders who were erased or have withdrawn, and answers with the uncertainty; or, as JSON of the kind `refused`, why the data cannot carry the question, which in any other format is a 404. One study is answered at a time and a few wait, so it may take a while. The answer says up to which capture it counts; asked with that as `as_of` within minutes, it is not reckoned again. Rows may be of few riders: no row leaves the team but through the release gate.
         *
         *     Role: `researcher`, or `admin`.
         */
        get: operations["runStudy"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/assets/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A file of the dashboard
         * @description Scripts, styles and fonts, which never change under the same name.
         *
         *     Open to anyone.
         */
        get: operations["getDashboardFile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * This documentation, for people
         * @description A page made from the OpenAPI document, without script and without anything from elsewhere.
         *
         *     Open to anyone.
         */
        get: operations["getDocs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The process answers
         * @description For a supervisor that restarts what does not answer.
         *
         *     Open to anyone.
         */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Metrics for Prometheus
         * @description Deliveries by outcome, answers by route and status, what waits, and the process itself.
         *
         *     Open to anyone.
         */
        get: operations["getMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The process takes payments
         * @description The database answers and has taken the last payments, and no stop was asked for. For a load balancer.
         *
         *     Open to anyone.
         */
        get: operations["getReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/bytemark": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A signed notification of a payment, or of its adjustment
         * @description Any 2xx means that the delivery is kept, durably: recorded, known already, or in quarantine. Anything else means that it is not; after 503 send it again, as `Retry-After` says.
         *
         *     Asks for a signature over the raw bytes of the body, and no key.
         */
        post: operations["receiveBytemarkWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description A refund, void or correction of a payment. */
        Adjustment: {
            /**
             * Format: date-time
             * @description When it came about, UTC. It counts at this time, not at that of its payment.
             */
            adjusted_on: string;
            adjustment_id: string;
            /** @description What it changes of the revenue, in units of the currency: below 0 where money goes back. */
            amount: number;
            /**
             * Format: date-time
             * @description When it was received, UTC.
             */
            created_on: string;
            /** @enum {string} */
            kind: "refund" | "void" | "correction";
            payment_id: number;
            reason: string | null;
            /** @enum {string} */
            source: "webhook" | "api" | "import" | "sync" | "pull" | "replay";
        };
        /** @description An adjustment as it is sent; unknown fields are ignored. */
        AdjustmentInput: {
            /** @description ISO 8601 with offset or Z, not in the future. It counts at this time. */
            adjusted_on: string;
            /** @description Its name; the same again is a duplicate. */
            adjustment_id: string;
            /** @description Of a refund or void how much goes back; of a correction the change, with its sign. Not 0. */
            amount: string | number;
            /** @description Refused where it is not the currency of this server. */
            currency?: string;
            /**
             * @description Or a word that is known for one.
             * @enum {string}
             */
            kind: "refund" | "void" | "correction";
            /** @description Its payment, which need not be here yet. */
            payment_id: number;
            /** @description It must not name a rider. */
            reason?: string;
        } & {
            [key: string]: unknown;
        };
        /** @description A refund, void or correction; it may come before its payment. */
        AdjustmentNotification: {
            /** @description Or refund_id, void_id, correction_id, event_id. */
            adjustment_id: string;
            /** @description Of a refund or void how much goes back; of a correction the change, with its sign. */
            amount: string | number;
            currency?: string;
            /** @description Or kind, type: refund, void, correction, or a word that is known for one. */
            event_type: string;
            payment_id: number;
            reason?: string;
            /** @description RFC 3339 with offset or Z, not in the future. It counts at this time. */
            timestamp: string;
        } & {
            [key: string]: unknown;
        };
        /** @description An API key, without the key. */
        ApiKey: {
            /**
             * Format: date-time
             * @description UTC.
             */
            created_at: string;
            /** @description UTC; null: never. */
            expires_at: string | null;
            id: string;
            /** @description What it is for. */
            name: string;
            /** @description UTC; null: it was not. */
            revoked_at: string | null;
            /** @description What it may do. */
            role: string;
        };
        CalendarEntry: {
            /** @description The date after the last one; null: until another entry says otherwise. */
            ends_before: string | null;
            entry_id: number;
            /** @enum {string} */
            kind: "fare" | "promotion" | "free" | "policy" | "event";
            name: string;
            note: string | null;
            /** @description What it is about; null: all payment types. */
            payment_type: string | null;
            /** @description In minor units (cents), where it is about a price. */
            price_after_minor: number | null;
            /** @description In minor units (cents), where it is about a price. */
            price_before_minor: number | null;
            /**
             * Format: date
             * @description The first date, in the reporting zone.
             */
            starts_on: string;
        };
        CalendarInput: {
            ends_before?: string | null;
            /** @enum {string} */
            kind: "fare" | "promotion" | "free" | "policy" | "event";
            name: string;
            note?: string | null;
            payment_type?: string | null;
            /** @description A fare must have it. */
            price_after_minor?: number | null;
            price_before_minor?: number | null;
            /** Format: date */
            starts_on: string;
        };
        Erasure: {
            dry_run: boolean;
            /** @description Those of them that were not erased before. */
            newly_erased: number;
            /** @description Payments that lost their rider. */
            payments: number;
            /** @description Quarantined deliveries that the seal key at hand does not open. */
            quarantine_unopened: number;
            /** @description Quarantined deliveries that lost theirs. */
            quarantined: number;
            /** @description Different riders that were named. */
            riders: number;
            /** @description False: deleted bytes may lie in the database file still; erase again. */
            scrubbed: boolean;
        };
        /** @description One problem of one field. */
        FieldProblem: {
            /** @description For machines; it does not change. */
            code: string;
            /** @description A payment's field, or body. */
            field: string;
            /** @description For people. */
            message: string;
        };
        /** @description A payment that is stored, once: now, or before. */
        Kept: {
            /** @enum {string} */
            outcome: "recorded" | "duplicate";
            payment: components["schemas"]["Payment"];
        };
        /** @description An adjustment that is stored, once: now, or before. */
        KeptAdjustment: {
            adjustment: components["schemas"]["Adjustment"];
            /** @description Whether its payment is here; until then it waits and is in no figure. */
            counted: boolean;
            /** @enum {string} */
            outcome: "recorded" | "duplicate";
            /** @description Whether more was taken back of its payment than that had cost. It counts all the same. */
            over_adjusted: boolean;
        };
        KeptAdjustmentItem: {
            adjustment: components["schemas"]["Adjustment"];
            /** @description Whether its payment is here; until then it waits and is in no figure. */
            counted: boolean;
            index: number;
            /** @enum {string} */
            outcome: "recorded" | "duplicate";
            /** @description Whether more was taken back of its payment than that had cost. It counts all the same. */
            over_adjusted: boolean;
            /** @enum {number} */
            status: 200 | 201;
        };
        KeptItem: {
            index: number;
            /** @enum {string} */
            outcome: "recorded" | "duplicate";
            payment: components["schemas"]["Payment"];
            /** @enum {number} */
            status: 200 | 201;
        };
        ListedAdjustment: {
            /**
             * Format: date-time
             * @description When it came about, UTC. It counts at this time, not at that of its payment.
             */
            adjusted_on: string;
            adjustment_id: string;
            /** @description What it changes of the revenue, in units of the currency: below 0 where money goes back. */
            amount: number;
            /** @description Whether its payment is here. */
            counted: boolean;
            /**
             * Format: date-time
             * @description When it was received, UTC.
             */
            created_on: string;
            /** @enum {string} */
            kind: "refund" | "void" | "correction";
            payment_id: number;
            reason: string | null;
            /** @enum {string} */
            source: "webhook" | "api" | "import" | "sync" | "pull" | "replay";
        };
        ListedReconciliation: {
            /** @description UTC; null where it is under way, or was killed. */
            finished: string | null;
            /**
             * Format: date-time
             * @description Inclusive, UTC.
             */
            from: string;
            /** @description What its report tells in all; null where it did not come to its end. */
            headline: {
                /** @description Here less there. */
                difference: number;
                /** @description Exceptions of the span that waited for a person then. */
                open: number;
                payments_here: number;
                payments_there: number;
                /** @description Too recent to judge; no exceptions. */
                pending: number;
                /** @description Of what was missing here, how many were recorded. */
                recorded: number;
                /** @description In units of the currency, as was compared. */
                total_here: number;
                total_there: number;
            } | null;
            id: number;
            /** @description What was read: an address, or the name of a file. */
            name: string;
            /** @description Exceptions of its time that are open now, whichever run has seen them. */
            open_now: number;
            /** @description api, or file: a settlement file. */
            source: string;
            /**
             * Format: date-time
             * @description UTC.
             */
            started: string;
            /**
             * Format: date-time
             * @description Exclusive, UTC.
             */
            to: string;
        };
        NewApiKey: {
            /**
             * Format: date-time
             * @description UTC.
             */
            created_at: string;
            /** @description UTC; null: never. */
            expires_at: string | null;
            id: string;
            /** @description Told once. */
            key: string;
            /** @description What it is for. */
            name: string;
            /** @description UTC; null: it was not. */
            revoked_at: string | null;
            /** @description What it may do. */
            role: string;
        };
        /** @description A payment notification; unknown fields are ignored. */
        Notification: {
            /** @description A decimal in units of the currency, over 0, with no more digits than the currency has. */
            amount: string | number;
            /** @description Quarantined where it is not the currency of this server. */
            currency?: string;
            event_id?: string;
            order_id: number;
            order_uuid?: string;
            payment_id: number;
            /** @description The provider's word. */
            payment_method: string;
            /** @description RFC 3339 with offset or Z, not in the future. */
            timestamp: string;
            /** @description The provider's id of the rider. It becomes a pseudonym and is never stored. */
            user_id: string | number;
        } & {
            [key: string]: unknown;
        };
        OverviewFigures: {
            /** @description Refunds, voids and corrections that came about within it; below 0 where money went back. */
            adjustments: number;
            /** @description To 4 decimals; 0 where there is no payment. */
            avg_price: number;
            /** @description Revenue with its adjustments. */
            net_revenue: number;
            payments: number;
            /** @description Gross. */
            revenue: number;
            /** @description Different riders, exact. */
            riders: number;
        };
        /** @description A recorded payment. */
        Payment: {
            /**
             * Format: date-time
             * @description When the record was made, UTC.
             */
            created_on: string;
            /**
             * Format: date-time
             * @description When the rider paid, UTC.
             */
            logged_on: string;
            /**
             * Format: date-time
             * @description When the record was last changed, UTC.
             */
            modified_on: string;
            order_id: number;
            payment_id: number;
            /** @description Normalised by the table of payment types. */
            payment_type: string;
            /** @description In units of the currency: dollars, not cents. */
            total_price: number;
            /** @description The stored id of the rider: a pseudonym. */
            user_id: string;
        };
        /** @description A payment as it is sent; unknown fields are ignored. */
        PaymentInput: {
            /** @description Instead of total_price. */
            amount?: string | number;
            /** @description Refused where it is not the currency of this server. */
            currency?: string;
            /** @description ISO 8601 with offset or Z, not in the future. */
            logged_on?: string;
            order_id: number;
            payment_id: number;
            /** @description Instead of payment_type. */
            payment_method?: string;
            /** @description The provider's word, or a payment type. */
            payment_type?: string;
            /** @description Where it came from; kept with the capture. */
            reference?: string;
            /** @description Instead of logged_on. */
            timestamp?: string;
            /** @description A decimal in units of the currency, over 0, with no more digits than the currency has. */
            total_price?: string | number;
            /** @description The provider's id of the rider. It becomes a pseudonym and is never stored. */
            user_id: string | number;
        } & {
            [key: string]: unknown;
        };
        PaymentWithCapture: {
            /** @description What they come to; below 0 where money went back. */
            adjusted: number;
            /** @description In the order of time. */
            adjustments: components["schemas"]["Adjustment"][];
            capture: {
                /** @description The provider's word for the payment type. */
                raw_method: string;
                /**
                 * Format: date-time
                 * @description UTC.
                 */
                received_at: string;
                reference: string | null;
                /** @description Grows with every capture. */
                sequence: number;
                /** @enum {string} */
                source: "webhook" | "api" | "import" | "sync" | "pull" | "replay";
            } | null;
            /**
             * Format: date-time
             * @description When the record was made, UTC.
             */
            created_on: string;
            /**
             * Format: date-time
             * @description When the rider paid, UTC.
             */
            logged_on: string;
            /**
             * Format: date-time
             * @description When the record was last changed, UTC.
             */
            modified_on: string;
            /** @description The price with its adjustments. */
            net_price: number;
            order_id: number;
            /** @description Whether more was taken back than was paid. */
            over_adjusted: boolean;
            payment_id: number;
            /** @description Normalised by the table of payment types. */
            payment_type: string;
            /** @description In units of the currency: dollars, not cents. */
            total_price: number;
            /** @description The stored id of the rider: a pseudonym. */
            user_id: string;
        };
        /** @description RFC 9457 problem details. */
        Problem: {
            /** @description What is wrong, by name, and the way out. */
            detail: string;
            /**
             * @description What became of a payment.
             * @enum {string}
             */
            outcome?: "conflict" | "invalid";
            /** @description All problems of a payment together. */
            problems?: components["schemas"]["FieldProblem"][];
            status: number;
            title: string;
            /** @constant */
            type: "about:blank";
        };
        /** @description Kept in quarantine, with its problems; a retry cannot help it. */
        Quarantined: {
            /** @enum {string} */
            outcome: "conflict" | "invalid";
            problems: components["schemas"]["FieldProblem"][];
            quarantine_id?: number;
        };
        QuarantinedDelivery: {
            /** @description How often these very bytes came. */
            attempts: number;
            /**
             * Format: date-time
             * @description When its payload is erased, UTC.
             */
            expires: string;
            /**
             * Format: date-time
             * @description UTC.
             */
            first_seen: string;
            id: number;
            /**
             * Format: date-time
             * @description UTC.
             */
            last_seen: string;
            problems: components["schemas"]["FieldProblem"][];
            /** @description invalid, conflict or unreadable. */
            reason: string;
            source: string;
            /** @enum {string} */
            status: "open" | "replayed" | "discarded" | "expired";
        };
        QuarantinedWithPayload: {
            /** @description How often these very bytes came. */
            attempts: number;
            /**
             * Format: date-time
             * @description When its payload is erased, UTC.
             */
            expires: string;
            /**
             * Format: date-time
             * @description UTC.
             */
            first_seen: string;
            id: number;
            /**
             * Format: date-time
             * @description UTC.
             */
            last_seen: string;
            payload: string | null;
            problems: components["schemas"]["FieldProblem"][];
            /** @description invalid, conflict or unreadable. */
            reason: string;
            source: string;
            /** @enum {string} */
            status: "open" | "replayed" | "discarded" | "expired";
        };
        ReconciledSum: {
            /** @description Here less there. */
            difference: number;
            payments_here: number;
            payments_there: number;
            /** @description In units of the currency, as was compared. */
            total_here: number;
            total_there: number;
        };
        ReconciliationItem: {
            /** @description When it was paid, UTC. */
            at: string | null;
            decided: string | null;
            /** @description The id of an API key, command:USER, or library. */
            decided_by: string | null;
            /** @description Of an API key: its name. */
            decided_by_name: string | null;
            /** @description Where they differ. Of riders, only that they do. */
            fields: {
                field: string;
                here: string | null;
                there: string | null;
            }[];
            first_run: number;
            /** Format: date-time */
            first_seen: string;
            id: number;
            /** @enum {string} */
            kind: "missing_here" | "missing_there" | "differs" | "duplicate_there" | "unreadable_there";
            last_run: number;
            /** Format: date-time */
            last_seen: string;
            /** @description As it is here, or else there. */
            payment: {
                /** Format: date-time */
                logged_on: string;
                order_id: number;
                payment_type: string;
                total_price: string;
            } | null;
            /** @description Null where the record names none. */
            payment_id: number | null;
            /** @description What the decision was given for. */
            reason: string | null;
            /** @description For people. */
            sentence: string;
            source: string;
            /**
             * @description open: Waits for a person. accepted: A person knows the difference, and it stays. ignored: Left alone until a day, then open again if it is still there. corrected: An adjustment was recorded that brings the payment to what the provider says. recorded: It was missing here, and was recorded by reconciliation. agreed: A later run no longer found it.
             * @enum {string}
             */
            status: "open" | "accepted" | "ignored" | "corrected" | "recorded" | "agreed";
            /** @description Of a duplicate: how many records there are too many. */
            times?: number;
            /** @description Of one that is ignored. */
            until: string | null;
            /** @description Why it could not be read or recorded. */
            why?: string;
        };
        ReconciliationReport: {
            /** @description Adjustments that were listed with payments, missing here, and recorded. */
            adjustments_recorded?: number;
            /** @description Exceptions of earlier runs that were not found any more. */
            closed: number;
            /** @description Findings by category; every record of either side is in one. */
            counts: {
                /** @description Both sides have it, and they say different things. */
                differs: number;
                /** @description The provider lists it more than once. */
                duplicate_there: number;
                /** @description Paid in coins or tokens, which the provider lists at nothing: matched by order and count, not by amount. */
                internal_currency: number;
                /** @description Both sides say the same. */
                matched: number;
                /** @description The provider lists it, and it is not recorded here. */
                missing_here: number;
                /** @description It is recorded here, and the provider does not list it. */
                missing_there: number;
                /** @description On one side only, and too recent to judge, or of a time of which the list did not come whole. */
                pending: number;
                /** @description The provider lists it, and it cannot be a payment as it stands. */
                unreadable_there: number;
            };
            /** @description By day and payment type. */
            days: {
                /** @description Of the reporting zone. */
                date: string;
                /** @description Here less there. */
                difference: number;
                /** @description The parts of the difference, by category; they add up to it. */
                explained: {
                    [key: string]: number;
                };
                payment_type: string;
                payments_here: number;
                payments_there: number;
                /** @description In units of the currency, as was compared. */
                total_here: number;
                total_there: number;
            }[];
            dry_run: boolean;
            /** Format: date-time */
            from: string;
            /** @description Windows of which not everything came that the provider counts. */
            incomplete: {
                /** Format: date-time */
                from: string;
                /** Format: date-time */
                to: string;
            }[];
            name: string;
            needs_attention: boolean;
            /** @description Exceptions of the span that waited for a person then. */
            open: number;
            /**
             * Format: date-time
             * @description What one side alone has from here on is too recent to judge.
             */
            pending_from: string;
            /** @description Of what was missing here, how many were recorded. */
            recorded: number;
            /** @description Records of the provider; some are of other times. */
            records_read: number;
            source: string;
            /** Format: date-time */
            to: string;
            totals: components["schemas"]["ReconciledSum"];
            warnings: string[];
        };
        ReconciliationUnderWay: {
            compared: number;
            exceptions: number;
            id: number;
            /** @description Records of the provider so far. */
            read: number;
        };
        ReconciliationWithReport: {
            /** @description Why it failed; null where it did not. */
            failure: string | null;
            /** @description UTC; null where it is under way, or was killed. */
            finished: string | null;
            /**
             * Format: date-time
             * @description Inclusive, UTC.
             */
            from: string;
            id: number;
            /** @description What was read: an address, or the name of a file. */
            name: string;
            report: components["schemas"]["ReconciliationReport"] | null;
            /** @description api, or file: a settlement file. */
            source: string;
            /**
             * Format: date-time
             * @description UTC.
             */
            started: string;
            /**
             * Format: date-time
             * @description Exclusive, UTC.
             */
            to: string;
        };
        RefusedAdjustmentItem: {
            index: number;
            /** @enum {string} */
            outcome: "conflict" | "invalid";
            problems: components["schemas"]["FieldProblem"][];
            /** @enum {number} */
            status: 409 | 422;
        };
        RefusedItem: {
            index: number;
            /** @enum {string} */
            outcome: "conflict" | "invalid";
            problems: components["schemas"]["FieldProblem"][];
            /** @enum {number} */
            status: 409 | 422;
        };
        Release: {
            /** @description Who released it: command:USER. */
            actor: string;
            /** @description The last capture in it. */
            as_of: number;
            /** @description How many tables, cells shown and hidden, and rows; unicity. */
            contents: unknown;
            /** @description Empty where it was made of the database itself. */
            dataset_version: string;
            /** @description The first local date. */
            from: string;
            id: number;
            purpose: string;
            recipient: string;
            /** @description Its name, which no other has. */
            release: string;
            /**
             * Format: date-time
             * @description UTC.
             */
            released_at: string;
            /** @description The declaration, defaults included. */
            settings: unknown;
            /** @description Of its file SHA256SUMS, which lists all others. */
            sha256: string;
            /** @description Of the dataset that it was made of; empty: of the database itself. */
            study: string;
            /** @description The local date after the last one. */
            to: string;
        };
        ReportSummary: {
            /** @description Refunds, voids and corrections that came about within it; below 0 where money went back. */
            adjustments: number;
            /** @description To 4 decimals. */
            avg_transaction: number;
            /** Format: date-time */
            first_transaction: string | null;
            /** Format: date-time */
            latest_transaction: string | null;
            /** @description Revenue with its adjustments. */
            net_revenue: number;
            /** @description Gross. */
            total_revenue: number;
            total_transactions: number;
            /** @description Different riders, exact. */
            unique_users: number;
        };
        ScheduledJob: {
            /** @description In a row. */
            failures: number;
            /** @description The last run that ended, scheduled or by hand. */
            last: {
                /** Format: date-time */
                finished_at: string;
                instance: string;
                message: string;
                /**
                 * @description attention: done, and something is for a person to look at; stopped: cut by a stop, goes on; lost: its runner was gone.
                 * @enum {string}
                 */
                outcome: "ok" | "attention" | "failed" | "stopped" | "lost";
                /** Format: date-time */
                started_at: string;
            } | null;
            /** @description When it last came to its end: ok or attention. UTC. */
            last_done_at: string | null;
            /** @enum {string} */
            name: "pull" | "sync" | "reconcile";
            /** @description When it is due next, or has been due since. UTC. */
            next_at: string | null;
            /** @description It is late by over 15 minutes, and nobody is at it. */
            overdue: boolean;
            /** @description When it is tried again after a failure. UTC. */
            retry_at: string | null;
            /** @description Who is at it, and since when. */
            running: {
                instance: string;
                /** Format: date-time */
                since: string;
            } | null;
            /** @description When this instance has it do so: `every 15m`, `at 02:30 America/Chicago`; null: never. */
            schedule: string | null;
            /**
             * @description off: not scheduled here; waiting for next_at; due; running; retrying: waits for retry_at.
             * @enum {string}
             */
            state: "off" | "waiting" | "due" | "running" | "retrying";
        };
        Session: {
            /** @description ISO 4217. */
            currency: string;
            /** @description Of its minor unit: 2 for USD. */
            currency_digits: number;
            /**
             * @description Whether the payments are invented.
             * @enum {string}
             */
            data: "demo" | "real";
            /**
             * Format: date-time
             * @description When it ends at the latest, UTC.
             */
            expires_at: string;
            /** @description Of the key that it was opened with. */
            key_name: string;
            /** @enum {string} */
            role: "ingest" | "analyst" | "researcher" | "admin";
            /** @description Of Farelog. */
            version: string;
            /** @description The reporting zone, an IANA name. */
            zone: string;
        };
        StudyChart: {
            caption: string;
            /** @description Entries of the calendar; those with an end are stretches. */
            marks: {
                /** Format: date */
                from: string;
                name: string;
                to: string | null;
            }[];
            /** @description By which one part of the result is asked for. */
            name: string;
            series: {
                /** @enum {string} */
                kind: "line" | "bars" | "points" | "band";
                lower?: (number | null)[];
                name: string;
                /** @description Ends of intervals, of points and bands. */
                upper?: (number | null)[];
                x: (string | number)[];
                y: (number | null)[];
            }[];
            xAxis: {
                /** @enum {string} */
                kind: "date" | "category" | "number";
                title: string;
            };
            yAxis: {
                /** @enum {string} */
                format: "number" | "money" | "percent";
                title: string;
            };
        };
        StudyDescription: {
            /** @enum {string} */
            name: "shares" | "switching" | "elasticity" | "impact" | "did" | "equity" | "seasonality" | "anomalies" | "retention" | "lag" | "crossmodal";
            options: {
                choices: string[];
                default: string | number | boolean | null;
                description: string;
                maximum: number | null;
                minimum: number | null;
                name: string;
                /** @enum {string} */
                type: "number" | "whole number" | "yes or no" | "choice" | "text";
            }[];
            question: string;
            title: string;
        };
        StudyRefusal: {
            /** @constant */
            kind: "refused";
            /** @description Why the data cannot carry the question, and what would. */
            message: string;
            provenance: {
                /** @constant */
                kind: "live";
                /** Format: date-time */
                read_at: string;
                /** @description The last capture that counts. As as_of it asks for the same payments again. */
                sequence: number;
            };
            /** @description For machines. */
            reason: string;
            /** @enum {string} */
            study: "shares" | "switching" | "elasticity" | "impact" | "did" | "equity" | "seasonality" | "anomalies" | "retention" | "lag" | "crossmodal";
        };
        StudyResult: {
            assumptions: string[];
            charts: components["schemas"]["StudyChart"][];
            clusters: number | null;
            currency: string;
            /** @description Whether the estimate can be trusted. As parts their names begin with `diagnostic-`. */
            diagnostics: {
                charts: components["schemas"]["StudyChart"][];
                tables: components["schemas"]["StudyTable"][];
            };
            findings: {
                /** @description Degrees of freedom; null: none, as of the normal distribution. */
                df: number | null;
                estimate: number | null;
                /** @description Confidence of the interval. */
                level: number | null;
                /** @description What others have found. */
                literature: {
                    lower: number;
                    name: string;
                    upper: number;
                }[];
                lower: number | null;
                name: string;
                pValue: number | null;
                /** @description Null: of all riders. */
                segment: string | null;
                standardError: number | null;
                statistic: number | null;
                upper: number | null;
            }[];
            /** Format: date */
            from: string;
            /** @constant */
            kind: "result";
            method: string;
            /** @description What was chosen, defaults included. */
            options: {
                [key: string]: unknown;
            };
            payments: number;
            provenance: {
                /** @constant */
                kind: "live";
                /** Format: date-time */
                read_at: string;
                /** @description The last capture that counts. As as_of it asks for the same payments again. */
                sequence: number;
            };
            riders: number;
            /** @description The answer in plain words, with its interval. */
            sentence: string;
            /** @enum {string} */
            study: "shares" | "switching" | "elasticity" | "impact" | "did" | "equity" | "seasonality" | "anomalies" | "retention" | "lag" | "crossmodal";
            tables: components["schemas"]["StudyTable"][];
            title: string;
            /**
             * Format: date
             * @description Exclusive.
             */
            to: string;
            warnings: string[];
            zone: string;
        };
        StudyTable: {
            caption: string;
            columns: {
                /**
                 * @description How people are shown it; percent: 0.1 is 10%. Money is in units of the currency.
                 * @enum {string}
                 */
                format: "text" | "count" | "number" | "money" | "percent" | "p_value" | "date";
                name: string;
                title: string;
            }[];
            /** @description By which one part of the result is asked for. */
            name: string;
            rows: (string | number | null)[][];
        };
        /** @description Not kept: send it again. */
        UnavailableAdjustmentItem: {
            index: number;
            message: string;
            /** @constant */
            outcome: "unavailable";
            /** @constant */
            status: 503;
        };
        /** @description Not kept: send it again. */
        UnavailableItem: {
            index: number;
            message: string;
            /** @constant */
            outcome: "unavailable";
            /** @constant */
            status: 503;
        };
        Withdrawal: {
            /** @description Those of them that this changed. */
            changed: number;
            riders: number;
        };
    };
    responses: {
        /** @description The request is not understood. */
        Problem400: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "The request is not understood",
                 *       "status": 400,
                 *       "detail": "limit: must be at most 1000"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A valid API key or signature is needed. */
        Problem401: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "A valid API key or signature is needed",
                 *       "status": 401,
                 *       "detail": "Send the header Authorization: Bearer KEY."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Not allowed. */
        Problem403: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "Not allowed",
                 *       "status": 403,
                 *       "detail": "This needs the role researcher; the key has the role analyst."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Not found. */
        Problem404: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "Not found",
                 *       "status": 404,
                 *       "detail": "No payment has the id 1001."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description No acceptable media type. */
        Problem406: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "No acceptable media type",
                 *       "status": 406,
                 *       "detail": "No acceptable media type."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Conflict with what is stored. */
        Problem409: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "Conflict with what is stored",
                 *       "status": 409,
                 *       "detail": "Conflict with what is stored."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is too large. */
        Problem413: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "The body is too large",
                 *       "status": 413,
                 *       "detail": "The body is too large."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The media type is not supported. */
        Problem415: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "The media type is not supported",
                 *       "status": 415,
                 *       "detail": "The media type is not supported."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description What was sent is not valid. */
        Problem422: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "What was sent is not valid",
                 *       "status": 422,
                 *       "detail": "What was sent is not valid.",
                 *       "outcome": "invalid",
                 *       "problems": [
                 *         {
                 *           "field": "total_price",
                 *           "code": "negative",
                 *           "message": "total_price must be over 0"
                 *         }
                 *       ]
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Too many requests. */
        Problem429: {
            headers: {
                /** @description Seconds after which to try again. */
                "retry-after"?: string;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "Too many requests",
                 *       "status": 429,
                 *       "detail": "Too many requests with this key. Try again in 12 seconds."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Something went wrong here. */
        Problem500: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "Something went wrong here",
                 *       "status": 500,
                 *       "detail": "Something went wrong here."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Not available now. */
        Problem503: {
            headers: {
                /** @description Seconds after which to try again. */
                "retry-after"?: string;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "Not available now",
                 *       "status": 503,
                 *       "detail": "The database cannot answer now. Try again later."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getDashboard: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    /** @description How long it may be kept. */
                    "cache-control"?: string;
                    /** @description Of these bytes. */
                    etag?: string;
                    /** @description accept-encoding */
                    vary?: string;
                    [name: string]: unknown;
                };
                content: {
                    /** @example <!doctype html> */
                    "text/html": string;
                };
            };
            /** @description The page is the one that the caller has. */
            304: {
                headers: {
                    /** @description How long it may be kept. */
                    "cache-control"?: string;
                    /** @description Of these bytes. */
                    etag?: string;
                    /** @description accept-encoding */
                    vary?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: components["responses"]["Problem500"];
        };
    };
    getOpenApi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The OpenAPI document. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "openapi": "3.1.1",
                     *       "info": {
                     *         "title": "Farelog",
                     *         "version": "1.0.0"
                     *       },
                     *       "paths": {}
                     *     }
                     */
                    "application/json": {
                        info: {
                            title: string;
                            version: string;
                        } & {
                            [key: string]: unknown;
                        };
                        openapi: string;
                        paths: {
                            [key: string]: {
                                [key: string]: unknown;
                            };
                        };
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            default: components["responses"]["Problem500"];
        };
    };
    listAdjustments: {
        parameters: {
            query?: {
                /** @description The next_cursor of an earlier page. */
                cursor?: string;
                /** @description json, or csv as a file. Goes before the header Accept, where text/csv asks for the same. */
                format?: "json" | "csv";
                /** @description Inclusive: a date of the reporting zone (2025-04-07) or an instant. */
                from?: string;
                /** @description Only this kind. */
                kind?: "refund" | "void" | "correction";
                /** @description How many at most: by default 100 in JSON, and all of them in CSV. */
                limit?: number;
                /** @description Those of a payment. */
                payment_id?: number;
                /** @description Exclusive: a date of the reporting zone or an instant. */
                to?: string;
                /** @description true: only those whose payment is not here; false: only those that count. */
                waiting?: "true" | "false";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Adjustments. */
            200: {
                headers: {
                    /** @description Figures may be kept, and are asked for again each time; those of riders may not be kept. */
                    "cache-control"?: string;
                    /** @description In CSV: the name of the file. */
                    "content-disposition"?: string;
                    /** @description Weak; the same while the figures are. Send it as If-None-Match. */
                    etag?: string;
                    /** @description In CSV, where there is a next page: its address, with rel="next". */
                    link?: string;
                    /** @description What else the answer depends on. */
                    vary?: string;
                    /** @description In CSV: what is as_of in JSON; so too zone, currency, from and to. */
                    "x-farelog-as-of"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "rows": [
                     *         {
                     *           "adjustment_id": "rf-7001",
                     *           "payment_id": 1001,
                     *           "kind": "refund",
                     *           "amount": -2.5,
                     *           "adjusted_on": "2025-04-08T14:00:00Z",
                     *           "reason": "ticket machine charged twice",
                     *           "source": "webhook",
                     *           "created_on": "2025-04-08T14:00:01Z",
                     *           "counted": true
                     *         }
                     *       ],
                     *       "limit": 100,
                     *       "currency": "USD",
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": {
                        currency: string;
                        limit: number;
                        /** @description The cursor of the next page; null on the last one. */
                        next_cursor: string | null;
                        rows: components["schemas"]["ListedAdjustment"][];
                    };
                    /**
                     * @example adjustment_id,payment_id,kind,amount,adjusted_on,reason,source,created_on,counted
                     *     rf-7001,1001,refund,-2.5,2025-04-08T14:00:00Z,ticket machine charged twice,webhook,2025-04-08T14:00:01Z,true
                     */
                    "text/csv": string;
                };
            };
            /** @description The figures are those that the caller has. */
            304: {
                headers: {
                    /** @description Figures may be kept, and are asked for again each time; those of riders may not be kept. */
                    "cache-control"?: string;
                    /** @description Weak; the same while the figures are. Send it as If-None-Match. */
                    etag?: string;
                    /** @description What else the answer depends on. */
                    vary?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            406: components["responses"]["Problem406"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    recordAdjustments: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description An adjustment, or an array of adjustments. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "adjustment_id": "rf-7001",
                 *       "payment_id": 1001,
                 *       "kind": "refund",
                 *       "amount": "2.50",
                 *       "adjusted_on": "2025-04-08T14:00:00Z",
                 *       "reason": "ticket machine charged twice"
                 *     }
                 */
                "application/json": components["schemas"]["AdjustmentInput"] | components["schemas"]["AdjustmentInput"][];
            };
        };
        responses: {
            /** @description A duplicate: it was stored before. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "outcome": "duplicate",
                     *       "adjustment": {
                     *         "adjustment_id": "rf-7001",
                     *         "payment_id": 1001,
                     *         "kind": "refund",
                     *         "amount": -2.5,
                     *         "adjusted_on": "2025-04-08T14:00:00Z",
                     *         "reason": "ticket machine charged twice",
                     *         "source": "webhook",
                     *         "created_on": "2025-04-08T14:00:01Z"
                     *       },
                     *       "counted": true,
                     *       "over_adjusted": false
                     *     }
                     */
                    "application/json": components["schemas"]["KeptAdjustment"];
                };
            };
            /** @description Recorded. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "outcome": "recorded",
                     *       "adjustment": {
                     *         "adjustment_id": "rf-7001",
                     *         "payment_id": 1001,
                     *         "kind": "refund",
                     *         "amount": -2.5,
                     *         "adjusted_on": "2025-04-08T14:00:00Z",
                     *         "reason": "ticket machine charged twice",
                     *         "source": "webhook",
                     *         "created_on": "2025-04-08T14:00:01Z"
                     *       },
                     *       "counted": true,
                     *       "over_adjusted": false
                     *     }
                     */
                    "application/json": components["schemas"]["KeptAdjustment"];
                };
            };
            /** @description The outcome of each adjustment of an array, in its order. */
            207: {
                headers: {
                    /** @description Seconds, where some were not kept for want of room or of the database. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "rows": [
                     *         {
                     *           "index": 0,
                     *           "status": 201,
                     *           "outcome": "recorded",
                     *           "adjustment": {
                     *             "adjustment_id": "rf-7001",
                     *             "payment_id": 1001,
                     *             "kind": "refund",
                     *             "amount": -2.5,
                     *             "adjusted_on": "2025-04-08T14:00:00Z",
                     *             "reason": "ticket machine charged twice",
                     *             "source": "webhook",
                     *             "created_on": "2025-04-08T14:00:01Z"
                     *           },
                     *           "counted": true,
                     *           "over_adjusted": false
                     *         },
                     *         {
                     *           "index": 1,
                     *           "status": 422,
                     *           "outcome": "invalid",
                     *           "problems": [
                     *             {
                     *               "field": "total_price",
                     *               "code": "negative",
                     *               "message": "total_price must be over 0"
                     *             }
                     *           ]
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        rows: (components["schemas"]["KeptAdjustmentItem"] | components["schemas"]["RefusedAdjustmentItem"] | components["schemas"]["UnavailableAdjustmentItem"])[];
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    analyzeSpendingDistribution: {
        parameters: {
            query?: {
                /** @description Figures as they stood then: the sequence of a capture, an instant, or a date of the reporting zone. They are counted from the payments, so slower. */
                as_of?: string;
                /** @description The last so many times 24 hours; instead of from and to. */
                days?: number;
                /** @description json, or csv as a file. Goes before the header Accept, where text/csv asks for the same. */
                format?: "json" | "csv";
                /** @description Inclusive: a date of the reporting zone (2025-04-07) or an instant (2025-04-07T05:00:00Z). */
                from?: string;
                /** @description Exclusive: a date of the reporting zone or an instant. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The figures. */
            200: {
                headers: {
                    /** @description Figures may be kept, and are asked for again each time; those of riders may not be kept. */
                    "cache-control"?: string;
                    /** @description In CSV: the name of the file. */
                    "content-disposition"?: string;
                    /** @description Weak; the same while the figures are. Send it as If-None-Match. */
                    etag?: string;
                    /** @description In CSV, where there is a next page: its address, with rel="next". */
                    link?: string;
                    /** @description What else the answer depends on. */
                    vary?: string;
                    /** @description In CSV: what is as_of in JSON; so too zone, currency, from and to. */
                    "x-farelog-as-of"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "riders": 18766,
                     *       "total_spent": 530755.8,
                     *       "avg_spent": 28.2828,
                     *       "gini": 0.5226,
                     *       "quantiles": [
                     *         {
                     *           "quantile": 0.5,
                     *           "value": 20
                     *         }
                     *       ],
                     *       "lorenz": [
                     *         {
                     *           "riders_share": 0.5,
                     *           "spending_share": 0.135
                     *         }
                     *       ],
                     *       "from": "2025-04-01T00:00:00-05:00",
                     *       "to": "2025-05-01T00:00:00-05:00",
                     *       "zone": "America/Chicago",
                     *       "currency": "USD",
                     *       "as_of": 236713,
                     *       "as_of_received_at": "2025-05-02T06:00:01-05:00"
                     *     }
                     */
                    "application/json": {
                        /** @description The sequence of the newest capture that the figures count. */
                        as_of: number;
                        /**
                         * Format: date-time
                         * @description When that capture came in; null where there is none.
                         */
                        as_of_received_at: string | null;
                        /** @description To 4 decimals. */
                        avg_spent: number;
                        /** @description ISO 4217; amounts are in its units. */
                        currency: string;
                        /**
                         * Format: date-time
                         * @description First instant of the range.
                         */
                        from: string;
                        /** @description 0 where all spend the same, towards 1 where one spends all; to 6 decimals. */
                        gini: number;
                        /** @description At every tenth of the riders, those who spend least first. */
                        lorenz: {
                            /** @description From 0 to 1. */
                            riders_share: number;
                            /** @description From 0 to 1. */
                            spending_share: number;
                        }[];
                        /** @description Type 7 of Hyndman and Fan, as the default of R and NumPy. */
                        quantiles: {
                            /** @description From 0 to 1. */
                            quantile: number;
                            /** @description To 4 decimals. */
                            value: number;
                        }[];
                        riders: number;
                        /**
                         * Format: date-time
                         * @description Its end, exclusive; null: open.
                         */
                        to: string | null;
                        total_spent: number;
                        /** @description The reporting zone, an IANA name. */
                        zone: string;
                    };
                    /**
                     * @example riders_share,spending_share
                     *     0.5,0.135
                     */
                    "text/csv": string;
                };
            };
            /** @description The figures are those that the caller has. */
            304: {
                headers: {
                    /** @description Figures may be kept, and are asked for again each time; those of riders may not be kept. */
                    "cache-control"?: string;
                    /** @description Weak; the same while the figures are. Send it as If-None-Match. */
                    etag?: string;
                    /** @description What else the answer depends on. */
                    vary?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            406: components["responses"]["Problem406"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    analyzePaymentMethods: {
        parameters: {
            query?: {
                /** @description Figures as they stood then: the sequence of a capture, an instant, or a date of the reporting zone. They are counted from the payments, so slower. */
                as_of?: string;
                /** @description The last so many times 24 hours; instead of from and to. */
                days?: number;
                /** @description json, or csv as a file. Goes before the header Accept, where text/csv asks for the same. */
                format?: "json" | "csv";
                /** @description Inclusive: a date of the reporting zone (2025-04-07) or an instant (2025-04-07T05:00:00Z). */
                from?: string;
                /** @description Exclusive: a date of the reporting zone or an instant. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The figures. */
            200: {
                headers: {
                    /** @description Figures may be kept, and are asked for again each time; those of riders may not be kept. */
                    "cache-control"?: string;
                    /** @description In CSV: the name of the file. */
                    "content-disposition"?: string;
                    /** @description Weak; the same while the figures are. Send it as If-None-Match. */
                    etag?: string;
                    /** @description In CSV, where there is a next page: its address, with rel="next". */
                    link?: string;
                    /** @description What else the answer depends on. */
                    vary?: string;
                    /** @description In CSV: what is as_of in JSON; so too zone, currency, from and to. */
                    "x-farelog-as-of"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "rows": [
                     *         {
                     *           "payment_type": "mobile_payment",
                     *           "transaction_count": 33335,
                     *           "total_revenue": 202585.2,
                     *           "avg_transaction_value": 6.0773,
                     *           "revenue_share": 0.382,
                     *           "transaction_share": 0.409,
                     *           "previous_transaction_count": 32101,
                     *           "previous_revenue": 197297.55,
                     *           "revenue_change": 0.0268,
                     *           "share_change": 0.0041,
                     *           "adjustments": -310.25,
                     *           "net_revenue": 202274.95
                     *         }
                     *       ],
                     *       "from": "2025-04-01T00:00:00-05:00",
                     *       "to": "2025-05-01T00:00:00-05:00",
                     *       "zone": "America/Chicago",
                     *       "currency": "USD",
                     *       "as_of": 236713,
                     *       "as_of_received_at": "2025-05-02T06:00:01-05:00"
                     *     }
                     */
                    "application/json": {
                        /** @description The sequence of the newest capture that the figures count. */
                        as_of: number;
                        /**
                         * Format: date-time
                         * @description When that capture came in; null where there is none.
                         */
                        as_of_received_at: string | null;
                        /** @description ISO 4217; amounts are in its units. */
                        currency: string;
                        /**
                         * Format: date-time
                         * @description First instant of the range.
                         */
                        from: string;
                        rows: {
                            /** @description Refunds, voids and corrections that came about within it; below 0 where money went back. */
                            adjustments: number;
                            /** @description To 4 decimals. */
                            avg_transaction_value: number;
                            /** @description Revenue with its adjustments. */
                            net_revenue: number;
                            payment_type: string;
                            previous_revenue: number;
                            /** @description In the period of equal length just before. */
                            previous_transaction_count: number;
                            /** @description 0.1 is 10% more; null where there was no revenue before. */
                            revenue_change: number | null;
                            /** @description Of all revenue of the range. */
                            revenue_share: number;
                            /** @description Difference of the shares of revenue. */
                            share_change: number;
                            total_revenue: number;
                            transaction_count: number;
                            /** @description Of all payments of the range. */
                            transaction_share: number;
                        }[];
                        /**
                         * Format: date-time
                         * @description Its end, exclusive; null: open.
                         */
                        to: string | null;
                        /** @description The reporting zone, an IANA name. */
                        zone: string;
                    };
                    /**
                     * @example payment_type,transaction_count,total_revenue,avg_transaction_value,revenue_share,transaction_share,previous_transaction_count,previous_revenue,revenue_change,share_change,adjustments,net_revenue
                     *     mobile_payment,33335,202585.2,6.0773,0.382,0.409,32101,197297.55,0.0268,0.0041,-310.25,202274.95
                     */
                    "text/csv": string;
                };
            };
            /** @description The figures are those that the caller has. */
            304: {
                headers: {
                    /** @description Figures may be kept, and are asked for again each time; those of riders may not be kept. */
                    "cache-control"?: string;
                    /** @description Weak; the same while the figures are. Send it as If-None-Match. */
                    etag?: string;
                    /** @description What else the answer depends on. */
                    vary?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            406: components["responses"]["Problem406"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    getOverview: {
        parameters: {
            query?: {
                /** @description Figures as they stood then: the sequence of a capture, an instant, or a date of the reporting zone. They are counted from the payments, so slower. */
                as_of?: string;
                /** @description The last so many times 24 hours; instead of from and to. */
                days?: number;
                /** @description json, or csv as a file. Goes before the header Accept, where text/csv asks for the same. */
                format?: "json" | "csv";
                /** @description Inclusive: a date of the reporting zone (2025-04-07) or an instant (2025-04-07T05:00:00Z). */
                from?: string;
                /** @description Exclusive: a date of the reporting zone or an instant. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The figures. */
            200: {
                headers: {
                    /** @description Figures may be kept, and are asked for again each time; those of riders may not be kept. */
                    "cache-control"?: string;
                    /** @description In CSV: the name of the file. */
                    "content-disposition"?: string;
                    /** @description Weak; the same while the figures are. Send it as If-None-Match. */
                    etag?: string;
                    /** @description In CSV, where there is a next page: its address, with rel="next". */
                    link?: string;
                    /** @description What else the answer depends on. */
                    vary?: string;
                    /** @description In CSV: what is as_of in JSON; so too zone, currency, from and to. */
                    "x-farelog-as-of"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "now": {
                     *         "payments": 81507,
                     *         "revenue": 530755.8,
                     *         "adjustments": -1204.5,
                     *         "net_revenue": 529551.3,
                     *         "riders": 18766,
                     *         "avg_price": 6.5118
                     *       },
                     *       "before": {
                     *         "payments": 80012,
                     *         "revenue": 521044.15,
                     *         "adjustments": -980.25,
                     *         "net_revenue": 520063.9,
                     *         "riders": 18402,
                     *         "avg_price": 6.5121
                     *       },
                     *       "change": {
                     *         "payments": 0.018685,
                     *         "revenue": 0.018639,
                     *         "net_revenue": 0.018243,
                     *         "riders": 0.01978,
                     *         "avg_price": -0.000045
                     *       },
                     *       "from": "2025-04-01T00:00:00-05:00",
                     *       "to": "2025-05-01T00:00:00-05:00",
                     *       "zone": "America/Chicago",
                     *       "currency": "USD",
                     *       "as_of": 236713,
                     *       "as_of_received_at": "2025-05-02T06:00:01-05:00"
                     *     }
                     */
                    "application/json": {
                        /** @description The sequence of the newest capture that the figures count. */
                        as_of: number;
                        /**
                         * Format: date-time
                         * @description When that capture came in; null where there is none.
                         */
                        as_of_received_at: string | null;
                        before: components["schemas"]["OverviewFigures"];
                        /** @description Relative, to 6 decimals: 0.1 is 10% more; null where there was nothing to compare with. */
                        change: {
                            avg_price: number | null;
                            net_revenue: number | null;
                            payments: number | null;
                            revenue: number | null;
                            riders: number | null;
                        };
                        /** @description ISO 4217; amounts are in its units. */
                        currency: string;
                        /**
                         * Format: date-time
                         * @description First instant of the range.
                         */
                        from: string;
                        now: components["schemas"]["OverviewFigures"];
                        /**
                         * Format: date-time
                         * @description Its end, exclusive; null: open.
                         */
                        to: string | null;
                        /** @description The reporting zone, an IANA name. */
                        zone: string;
                    };
                    /**
                     * @example measure,now,before,change
                     *     payments,81507,80012,0.018685
                     *     revenue,530755.8,521044.15,0.018639
                     *     adjustments,-1204.5,-980.25,
                     *     net_revenue,529551.3,520063.9,0.018243
                     *     riders,18766,18402,0.01978
                     *     avg_price,6.5118,6.5121,-0.000045
                     */
                    "text/csv": string;
                };
            };
            /** @description The figures are those that the caller has. */
            304: {
                headers: {
                    /** @description Figures may be kept, and are asked for again each time; those of riders may not be kept. */
                    "cache-control"?: string;
                    /** @description Weak; the same while the figures are. Send it as If-None-Match. */
                    etag?: string;
                    /** @description What else the answer depends on. */
                    vary?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            406: components["responses"]["Problem406"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    analyzePaymentPerformance: {
        parameters: {
            query?: {
                /** @description Figures as they stood then: the sequence of a capture, an instant, or a date of the reporting zone. They are counted from the payments, so slower. */
                as_of?: string;
                /** @description The last so many times 24 hours; instead of from and to. */
                days?: number;
                /** @description json, or csv as a file. Goes before the header Accept, where text/csv asks for the same. */
                format?: "json" | "csv";
                /** @description Inclusive: a date of the reporting zone (2025-04-07) or an instant (2025-04-07T05:00:00Z). */
                from?: string;
                /** @description Exclusive: a date of the reporting zone or an instant. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The figures. */
            200: {
                headers: {
                    /** @description Figures may be kept, and are asked for again each time; those of riders may not be kept. */
                    "cache-control"?: string;
                    /** @description In CSV: the name of the file. */
                    "content-disposition"?: string;
                    /** @description Weak; the same while the figures are. Send it as If-None-Match. */
                    etag?: string;
                    /** @description In CSV, where there is a next page: its address, with rel="next". */
                    link?: string;
                    /** @description What else the answer depends on. */
                    vary?: string;
                    /** @description In CSV: what is as_of in JSON; so too zone, currency, from and to. */
                    "x-farelog-as-of"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "processingTimes": [
                     *         {
                     *           "payment_type": "credit_card",
                     *           "avg_processing_seconds": 2.1,
                     *           "max_processing_seconds": 170495,
                     *           "sample_size": 11979,
                     *           "p50_processing_seconds": 1,
                     *           "p95_processing_seconds": 5,
                     *           "p99_processing_seconds": 96.2
                     *         }
                     *       ],
                     *       "errorRates": [
                     *         {
                     *           "source": "webhook",
                     *           "outcome": "invalid",
                     *           "reason": "total_price.negative",
                     *           "deliveries": 3,
                     *           "rate": 0.0002
                     *         }
                     *       ],
                     *       "from": "2025-04-01T00:00:00-05:00",
                     *       "to": "2025-05-01T00:00:00-05:00",
                     *       "zone": "America/Chicago",
                     *       "currency": "USD",
                     *       "as_of": 236713,
                     *       "as_of_received_at": "2025-05-02T06:00:01-05:00"
                     *     }
                     */
                    "application/json": {
                        /** @description The sequence of the newest capture that the figures count. */
                        as_of: number;
                        /**
                         * Format: date-time
                         * @description When that capture came in; null where there is none.
                         */
                        as_of_received_at: string | null;
                        /** @description ISO 4217; amounts are in its units. */
                        currency: string;
                        errorRates: {
                            deliveries: number;
                            /** @enum {string} */
                            outcome: "recorded" | "duplicate" | "conflict" | "invalid";
                            /** @description Of all deliveries of the source. */
                            rate: number;
                            /** @description The first problem as field.code; empty where there is none. */
                            reason: string;
                            /** @enum {string} */
                            source: "webhook" | "api" | "import" | "sync" | "pull" | "replay";
                        }[];
                        /**
                         * Format: date-time
                         * @description First instant of the range.
                         */
                        from: string;
                        processingTimes: {
                            avg_processing_seconds: number;
                            max_processing_seconds: number;
                            p50_processing_seconds: number;
                            p95_processing_seconds: number;
                            p99_processing_seconds: number;
                            payment_type: string;
                            sample_size: number;
                        }[];
                        /**
                         * Format: date-time
                         * @description Its end, exclusive; null: open.
                         */
                        to: string | null;
                        /** @description The reporting zone, an IANA name. */
                        zone: string;
                    };
                    /**
                     * @example payment_type,avg_processing_seconds,max_processing_seconds,sample_size,p50_processing_seconds,p95_processing_seconds,p99_processing_seconds
                     *     credit_card,2.1,170495,11979,1,5,96.2
                     */
                    "text/csv": string;
                };
            };
            /** @description The figures are those that the caller has. */
            304: {
                headers: {
                    /** @description Figures may be kept, and are asked for again each time; those of riders may not be kept. */
                    "cache-control"?: string;
                    /** @description Weak; the same while the figures are. Send it as If-None-Match. */
                    etag?: string;
                    /** @description What else the answer depends on. */
                    vary?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            406: components["responses"]["Problem406"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    analyzePrices: {
        parameters: {
            query?: {
                /** @description Figures as they stood then: the sequence of a capture, an instant, or a date of the reporting zone. They are counted from the payments, so slower. */
                as_of?: string;
                /** @description The last so many times 24 hours; instead of from and to. */
                days?: number;
                /** @description json, or csv as a file. Goes before the header Accept, where text/csv asks for the same. */
                format?: "json" | "csv";
                /** @description Inclusive: a date of the reporting zone (2025-04-07) or an instant (2025-04-07T05:00:00Z). */
                from?: string;
                /** @description Exclusive: a date of the reporting zone or an instant. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The figures. */
            200: {
                headers: {
                    /** @description Figures may be kept, and are asked for again each time; those of riders may not be kept. */
                    "cache-control"?: string;
                    /** @description In CSV: the name of the file. */
                    "content-disposition"?: string;
                    /** @description Weak; the same while the figures are. Send it as If-None-Match. */
                    etag?: string;
                    /** @description In CSV, where there is a next page: its address, with rel="next". */
                    link?: string;
                    /** @description What else the answer depends on. */
                    vary?: string;
                    /** @description In CSV: what is as_of in JSON; so too zone, currency, from and to. */
                    "x-farelog-as-of"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "rows": [
                     *         {
                     *           "payment_type": null,
                     *           "transactions": 3,
                     *           "avg_price": 1.6667,
                     *           "quantiles": [
                     *             {
                     *               "quantile": 0.5,
                     *               "value": 1.25
                     *             }
                     *           ],
                     *           "most_paid": [
                     *             {
                     *               "price": 1.25,
                     *               "transactions": 2
                     *             }
                     *           ],
                     *           "distinct_prices": 2
                     *         }
                     *       ],
                     *       "from": "2025-04-01T00:00:00-05:00",
                     *       "to": "2025-05-01T00:00:00-05:00",
                     *       "zone": "America/Chicago",
                     *       "currency": "USD",
                     *       "as_of": 236713,
                     *       "as_of_received_at": "2025-05-02T06:00:01-05:00"
                     *     }
                     */
                    "application/json": {
                        /** @description The sequence of the newest capture that the figures count. */
                        as_of: number;
                        /**
                         * Format: date-time
                         * @description When that capture came in; null where there is none.
                         */
                        as_of_received_at: string | null;
                        /** @description ISO 4217; amounts are in its units. */
                        currency: string;
                        /**
                         * Format: date-time
                         * @description First instant of the range.
                         */
                        from: string;
                        rows: {
                            /** @description To 4 decimals. */
                            avg_price: number;
                            distinct_prices: number;
                            /** @description The prices paid most often, at most 100, ascending. */
                            most_paid: {
                                price: number;
                                transactions: number;
                            }[];
                            /** @description Null: all types together. */
                            payment_type: string | null;
                            /** @description Type 7 of Hyndman and Fan, as the default of R and NumPy. */
                            quantiles: {
                                /** @description From 0 to 1. */
                                quantile: number;
                                /** @description To 4 decimals. */
                                value: number;
                            }[];
                            transactions: number;
                        }[];
                        /**
                         * Format: date-time
                         * @description Its end, exclusive; null: open.
                         */
                        to: string | null;
                        /** @description The reporting zone, an IANA name. */
                        zone: string;
                    };
                    /**
                     * @example payment_type,transactions,avg_price,distinct_prices
                     *     ,3,1.6667,2
                     */
                    "text/csv": string;
                };
            };
            /** @description The figures are those that the caller has. */
            304: {
                headers: {
                    /** @description Figures may be kept, and are asked for again each time; those of riders may not be kept. */
                    "cache-control"?: string;
                    /** @description Weak; the same while the figures are. Send it as If-None-Match. */
                    etag?: string;
                    /** @description What else the answer depends on. */
                    vary?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            406: components["responses"]["Problem406"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    analyzeWeekProfile: {
        parameters: {
            query?: {
                /** @description Figures as they stood then: the sequence of a capture, an instant, or a date of the reporting zone. They are counted from the payments, so slower. */
                as_of?: string;
                /** @description The last so many times 24 hours; instead of from and to. */
                days?: number;
                /** @description json, or csv as a file. Goes before the header Accept, where text/csv asks for the same. */
                format?: "json" | "csv";
                /** @description Inclusive: a date of the reporting zone (2025-04-07) or an instant (2025-04-07T05:00:00Z). */
                from?: string;
                /** @description Exclusive: a date of the reporting zone or an instant. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The figures. */
            200: {
                headers: {
                    /** @description Figures may be kept, and are asked for again each time; those of riders may not be kept. */
                    "cache-control"?: string;
                    /** @description In CSV: the name of the file. */
                    "content-disposition"?: string;
                    /** @description Weak; the same while the figures are. Send it as If-None-Match. */
                    etag?: string;
                    /** @description In CSV, where there is a next page: its address, with rel="next". */
                    link?: string;
                    /** @description What else the answer depends on. */
                    vary?: string;
                    /** @description In CSV: what is as_of in JSON; so too zone, currency, from and to. */
                    "x-farelog-as-of"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "rows": [
                     *         {
                     *           "weekday": 1,
                     *           "hour": 7,
                     *           "transactions": 812,
                     *           "revenue": 2210.5
                     *         }
                     *       ],
                     *       "from": "2025-04-01T00:00:00-05:00",
                     *       "to": "2025-05-01T00:00:00-05:00",
                     *       "zone": "America/Chicago",
                     *       "currency": "USD",
                     *       "as_of": 236713,
                     *       "as_of_received_at": "2025-05-02T06:00:01-05:00"
                     *     }
                     */
                    "application/json": {
                        /** @description The sequence of the newest capture that the figures count. */
                        as_of: number;
                        /**
                         * Format: date-time
                         * @description When that capture came in; null where there is none.
                         */
                        as_of_received_at: string | null;
                        /** @description ISO 4217; amounts are in its units. */
                        currency: string;
                        /**
                         * Format: date-time
                         * @description First instant of the range.
                         */
                        from: string;
                        rows: {
                            /** @description Of the reporting zone. */
                            hour: number;
                            revenue: number;
                            transactions: number;
                            /** @description 0 is Sunday. */
                            weekday: number;
                        }[];
                        /**
                         * Format: date-time
                         * @description Its end, exclusive; null: open.
                         */
                        to: string | null;
                        /** @description The reporting zone, an IANA name. */
                        zone: string;
                    };
                    /**
                     * @example weekday,hour,transactions,revenue
                     *     1,7,812,2210.5
                     */
                    "text/csv": string;
                };
            };
            /** @description The figures are those that the caller has. */
            304: {
                headers: {
                    /** @description Figures may be kept, and are asked for again each time; those of riders may not be kept. */
                    "cache-control"?: string;
                    /** @description Weak; the same while the figures are. Send it as If-None-Match. */
                    etag?: string;
                    /** @description What else the answer depends on. */
                    vary?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            406: components["responses"]["Problem406"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    generatePaymentReport: {
        parameters: {
            query?: {
                /** @description Figures as they stood then: the sequence of a capture, an instant, or a date of the reporting zone. They are counted from the payments, so slower. */
                as_of?: string;
                /** @description The next_cursor of an earlier page. */
                cursor?: string;
                /** @description The last so many times 24 hours; instead of from and to. */
                days?: number;
                /** @description json; csv, a line a value; or html, one page to be handed on. Goes before the header Accept. */
                format?: "json" | "csv" | "html";
                /** @description Inclusive: a date of the reporting zone (2025-04-07) or an instant (2025-04-07T05:00:00Z). */
                from?: string;
                /** @description Riders of a page. */
                limit?: number;
                /** @description Tell what changed since: the sequence of a capture, an instant, or a date of the reporting zone. */
                since?: string;
                /** @description Exclusive: a date of the reporting zone or an instant. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The report. */
            200: {
                headers: {
                    /** @description Figures may be kept, and are asked for again each time; those of riders may not be kept. */
                    "cache-control"?: string;
                    /** @description In CSV: the name of the file. */
                    "content-disposition"?: string;
                    /** @description Weak; the same while the figures are. Send it as If-None-Match. */
                    etag?: string;
                    /** @description In CSV, where there is a next page: its address, with rel="next". */
                    link?: string;
                    /** @description What else the answer depends on. */
                    vary?: string;
                    /** @description In CSV: what is as_of in JSON; so too zone, currency, from and to. */
                    "x-farelog-as-of"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "summary": {
                     *         "total_transactions": 81507,
                     *         "unique_users": 18766,
                     *         "total_revenue": 530755.8,
                     *         "adjustments": -1204.5,
                     *         "net_revenue": 529551.3,
                     *         "avg_transaction": 6.5118,
                     *         "first_transaction": "2025-04-01T00:00:08-05:00",
                     *         "latest_transaction": "2025-04-30T23:59:51-05:00"
                     *       },
                     *       "trends": [
                     *         {
                     *           "date": "2025-04-07",
                     *           "daily_transactions": 2480,
                     *           "daily_revenue": 16240.25,
                     *           "adjustments": -42.5,
                     *           "net_revenue": 16197.75
                     *         }
                     *       ],
                     *       "paymentMethods": [
                     *         {
                     *           "payment_type": "mobile_payment",
                     *           "usage_count": 33335,
                     *           "method_revenue": 202585.2,
                     *           "avg_amount": 6.0773,
                     *           "adjustments": -310.25,
                     *           "net_revenue": 202274.95
                     *         }
                     *       ],
                     *       "profile": [
                     *         {
                     *           "weekday": 1,
                     *           "hour": 7,
                     *           "transactions": 812,
                     *           "revenue": 2210.5
                     *         }
                     *       ],
                     *       "before": null,
                     *       "left_out": [
                     *         {
                     *           "reason": "invalid",
                     *           "status": "open",
                     *           "deliveries": 3
                     *         }
                     *       ],
                     *       "from": "2025-04-01T00:00:00-05:00",
                     *       "to": "2025-05-01T00:00:00-05:00",
                     *       "zone": "America/Chicago",
                     *       "currency": "USD",
                     *       "as_of": 236713,
                     *       "as_of_received_at": "2025-05-02T06:00:01-05:00"
                     *     }
                     */
                    "application/json": {
                        /** @description The sequence of the newest capture that the figures count. */
                        as_of: number;
                        /**
                         * Format: date-time
                         * @description When that capture came in; null where there is none.
                         */
                        as_of_received_at: string | null;
                        /** @description The same of the period of equal length just before. */
                        before: components["schemas"]["ReportSummary"] | null;
                        /** @description Entries of the calendar that begin or end within the period. */
                        calendar?: components["schemas"]["CalendarEntry"][];
                        /** @description ISO 4217; amounts are in its units. */
                        currency: string;
                        /**
                         * Format: date-time
                         * @description First instant of the range.
                         */
                        from: string;
                        /** @description Deliveries that came in within the period and could not become payments. */
                        left_out: {
                            deliveries: number;
                            reason: string;
                            /** @enum {string} */
                            status: "open" | "replayed" | "discarded" | "expired";
                        }[];
                        /** @description Of riders; null on the last page. */
                        next_cursor?: string | null;
                        paymentMethods: {
                            /** @description Refunds, voids and corrections that came about within it; below 0 where money went back. */
                            adjustments: number;
                            /** @description To 4 decimals. */
                            avg_amount: number;
                            method_revenue: number;
                            /** @description Revenue with its adjustments. */
                            net_revenue: number;
                            payment_type: string;
                            usage_count: number;
                        }[];
                        /** @description All 168 hours of a week. */
                        profile: {
                            /** @description Of the reporting zone. */
                            hour: number;
                            revenue: number;
                            transactions: number;
                            /** @description 0 is Sunday. */
                            weekday: number;
                        }[];
                        /** @description With since: days that changed. */
                        restated?: {
                            /** @description What they come to. */
                            adjustments: number;
                            /**
                             * Format: date
                             * @description A day of the reporting zone.
                             */
                            date: string;
                            /** @description Adjustments of the day that count since. */
                            late_adjustments: number;
                            late_revenue: number;
                            late_transactions: number;
                            /** @description In words. */
                            reason: string;
                            sources: {
                                /** @enum {string} */
                                source: "webhook" | "api" | "import" | "sync" | "pull" | "replay";
                                transactions: number;
                            }[];
                        }[];
                        summary: components["schemas"]["ReportSummary"];
                        /**
                         * Format: date-time
                         * @description Its end, exclusive; null: open.
                         */
                        to: string | null;
                        /** @description Every day of the reporting zone, days without payments too. */
                        trends: {
                            /** @description Refunds, voids and corrections that came about within it; below 0 where money went back. */
                            adjustments: number;
                            daily_revenue: number;
                            daily_transactions: number;
                            date: string;
                            /** @description Revenue with its adjustments. */
                            net_revenue: number;
                        }[];
                        /** @description Riders by spend, a page; for researchers alone. */
                        userAnalysis?: {
                            /** @description Refunds, voids and corrections that came about within it; below 0 where money went back. */
                            adjustments: number;
                            /** @description Spending with its adjustments. */
                            net_spent: number;
                            /** @description Gross. */
                            total_spent: number;
                            transaction_count: number;
                            /** @description The stored id: a pseudonym. */
                            user_id: string;
                        }[];
                        /** @description The reporting zone, an IANA name. */
                        zone: string;
                    };
                    /**
                     * @example section,key,measure,value
                     *     summary,,total_revenue,530755.80
                     */
                    "text/csv": string;
                    /** @example <!doctype html><title>Payment report: April 2025</title>… */
                    "text/html": string;
                };
            };
            /** @description The figures are those that the caller has. */
            304: {
                headers: {
                    /** @description Figures may be kept, and are asked for again each time; those of riders may not be kept. */
                    "cache-control"?: string;
                    /** @description Weak; the same while the figures are. Send it as If-None-Match. */
                    etag?: string;
                    /** @description What else the answer depends on. */
                    vary?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            406: components["responses"]["Problem406"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    listRestatements: {
        parameters: {
            query: {
                /** @description Figures as they stood then: the sequence of a capture, an instant, or a date of the reporting zone. They are counted from the payments, so slower. */
                as_of?: string;
                /** @description The last so many times 24 hours; instead of from and to. */
                days?: number;
                /** @description json, or csv as a file. Goes before the header Accept, where text/csv asks for the same. */
                format?: "json" | "csv";
                /** @description Inclusive: a date of the reporting zone (2025-04-07) or an instant (2025-04-07T05:00:00Z). */
                from?: string;
                /** @description The sequence of a capture, an instant, or a date of the reporting zone. */
                since: string;
                /** @description Exclusive: a date of the reporting zone or an instant. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The figures. */
            200: {
                headers: {
                    /** @description Figures may be kept, and are asked for again each time; those of riders may not be kept. */
                    "cache-control"?: string;
                    /** @description In CSV: the name of the file. */
                    "content-disposition"?: string;
                    /** @description Weak; the same while the figures are. Send it as If-None-Match. */
                    etag?: string;
                    /** @description In CSV, where there is a next page: its address, with rel="next". */
                    link?: string;
                    /** @description What else the answer depends on. */
                    vary?: string;
                    /** @description In CSV: what is as_of in JSON; so too zone, currency, from and to. */
                    "x-farelog-as-of"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "rows": [
                     *         {
                     *           "date": "2025-04-08",
                     *           "late_transactions": 3,
                     *           "late_revenue": 12,
                     *           "late_adjustments": 0,
                     *           "adjustments": 0,
                     *           "sources": [
                     *             {
                     *               "source": "webhook",
                     *               "transactions": 2
                     *             },
                     *             {
                     *               "source": "import",
                     *               "transactions": 1
                     *             }
                     *           ],
                     *           "reason": "Tuesday 2025-04-08 rose by 12.00 USD: 3 late payments (2 webhook, 1 import)"
                     *         }
                     *       ],
                     *       "from": "2025-04-01T00:00:00-05:00",
                     *       "to": "2025-05-01T00:00:00-05:00",
                     *       "zone": "America/Chicago",
                     *       "currency": "USD",
                     *       "as_of": 236713,
                     *       "as_of_received_at": "2025-05-02T06:00:01-05:00"
                     *     }
                     */
                    "application/json": {
                        /** @description The sequence of the newest capture that the figures count. */
                        as_of: number;
                        /**
                         * Format: date-time
                         * @description When that capture came in; null where there is none.
                         */
                        as_of_received_at: string | null;
                        /** @description ISO 4217; amounts are in its units. */
                        currency: string;
                        /**
                         * Format: date-time
                         * @description First instant of the range.
                         */
                        from: string;
                        rows: {
                            /** @description What they come to. */
                            adjustments: number;
                            /**
                             * Format: date
                             * @description A day of the reporting zone.
                             */
                            date: string;
                            /** @description Adjustments of the day that count since. */
                            late_adjustments: number;
                            late_revenue: number;
                            late_transactions: number;
                            /** @description In words. */
                            reason: string;
                            sources: {
                                /** @enum {string} */
                                source: "webhook" | "api" | "import" | "sync" | "pull" | "replay";
                                transactions: number;
                            }[];
                        }[];
                        /**
                         * Format: date-time
                         * @description Its end, exclusive; null: open.
                         */
                        to: string | null;
                        /** @description The reporting zone, an IANA name. */
                        zone: string;
                    };
                    /**
                     * @example date,late_transactions,late_revenue,late_adjustments,adjustments,reason
                     *     2025-04-08,3,12,0,0,"Tuesday 2025-04-08 rose by 12.00 USD: 3 late payments (2 webhook, 1 import)"
                     */
                    "text/csv": string;
                };
            };
            /** @description The figures are those that the caller has. */
            304: {
                headers: {
                    /** @description Figures may be kept, and are asked for again each time; those of riders may not be kept. */
                    "cache-control"?: string;
                    /** @description Weak; the same while the figures are. Send it as If-None-Match. */
                    etag?: string;
                    /** @description What else the answer depends on. */
                    vary?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            406: components["responses"]["Problem406"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    analyzeRiderActivity: {
        parameters: {
            query?: {
                /** @description Figures as they stood then: the sequence of a capture, an instant, or a date of the reporting zone. They are counted from the payments, so slower. */
                as_of?: string;
                /** @description The last so many times 24 hours; instead of from and to. */
                days?: number;
                /** @description json, or csv as a file. Goes before the header Accept, where text/csv asks for the same. */
                format?: "json" | "csv";
                /** @description Inclusive: a date of the reporting zone (2025-04-07) or an instant (2025-04-07T05:00:00Z). */
                from?: string;
                /** @description Size of a bucket, in the reporting zone. */
                period?: "daily" | "weekly" | "monthly";
                /** @description Exclusive: a date of the reporting zone or an instant. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The figures. */
            200: {
                headers: {
                    /** @description Figures may be kept, and are asked for again each time; those of riders may not be kept. */
                    "cache-control"?: string;
                    /** @description In CSV: the name of the file. */
                    "content-disposition"?: string;
                    /** @description Weak; the same while the figures are. Send it as If-None-Match. */
                    etag?: string;
                    /** @description In CSV, where there is a next page: its address, with rel="next". */
                    link?: string;
                    /** @description What else the answer depends on. */
                    vary?: string;
                    /** @description In CSV: what is as_of in JSON; so too zone, currency, from and to. */
                    "x-farelog-as-of"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "rows": [
                     *         {
                     *           "date": "2025-04-07",
                     *           "starts_at": "2025-04-07T00:00:00-05:00",
                     *           "riders": 2310,
                     *           "new_riders": 48,
                     *           "returning_riders": 2262
                     *         }
                     *       ],
                     *       "period": "daily",
                     *       "from": "2025-04-01T00:00:00-05:00",
                     *       "to": "2025-05-01T00:00:00-05:00",
                     *       "zone": "America/Chicago",
                     *       "currency": "USD",
                     *       "as_of": 236713,
                     *       "as_of_received_at": "2025-05-02T06:00:01-05:00"
                     *     }
                     */
                    "application/json": {
                        /** @description The sequence of the newest capture that the figures count. */
                        as_of: number;
                        /**
                         * Format: date-time
                         * @description When that capture came in; null where there is none.
                         */
                        as_of_received_at: string | null;
                        /** @description ISO 4217; amounts are in its units. */
                        currency: string;
                        /**
                         * Format: date-time
                         * @description First instant of the range.
                         */
                        from: string;
                        /** @enum {string} */
                        period: "daily" | "weekly" | "monthly";
                        rows: {
                            /** @description Daily: YYYY-MM-DD. */
                            date?: string;
                            /** @description Hourly: YYYY-MM-DD HH:00:00 of the reporting zone. */
                            hour?: string;
                            /** @description Monthly: YYYY-MM. */
                            month?: string;
                            /** @description Who had never paid before it. */
                            new_riders: number;
                            returning_riders: number;
                            /** @description Who paid in the bucket. */
                            riders: number;
                            /**
                             * Format: date-time
                             * @description The instant at which it begins.
                             */
                            starts_at: string;
                            /** @description Weekly: MySQL's YEARWEEK in its default mode; weeks begin on Sunday. */
                            week?: number;
                        }[];
                        /**
                         * Format: date-time
                         * @description Its end, exclusive; null: open.
                         */
                        to: string | null;
                        /** @description The reporting zone, an IANA name. */
                        zone: string;
                    };
                    /**
                     * @example hour,date,week,month,starts_at,riders,new_riders,returning_riders
                     *     ,2025-04-07,,,2025-04-07T00:00:00-05:00,2310,48,2262
                     */
                    "text/csv": string;
                };
            };
            /** @description The figures are those that the caller has. */
            304: {
                headers: {
                    /** @description Figures may be kept, and are asked for again each time; those of riders may not be kept. */
                    "cache-control"?: string;
                    /** @description Weak; the same while the figures are. Send it as If-None-Match. */
                    etag?: string;
                    /** @description What else the answer depends on. */
                    vary?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            406: components["responses"]["Problem406"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    getSilence: {
        parameters: {
            query?: {
                /** @description json, or csv as a file. Goes before the header Accept, where text/csv asks for the same. */
                format?: "json" | "csv";
                /** @description Full hours before the one that is going on. */
                hours?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the hours tell. */
            200: {
                headers: {
                    /** @description Figures may be kept, and are asked for again each time; those of riders may not be kept. */
                    "cache-control"?: string;
                    /** @description In CSV: the name of the file. */
                    "content-disposition"?: string;
                    /** @description Weak; the same while the figures are. Send it as If-None-Match. */
                    etag?: string;
                    /** @description In CSV, where there is a next page: its address, with rel="next". */
                    link?: string;
                    /** @description What else the answer depends on. */
                    vary?: string;
                    /** @description In CSV: what is as_of in JSON; so too zone, currency, from and to. */
                    "x-farelog-as-of"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "alarm": true,
                     *       "reason": "31 payments from 08:00 to 09:00; usually 180–240 at this time on a Tuesday",
                     *       "rows": [
                     *         {
                     *           "starts_at": "2025-04-08T08:00:00-05:00",
                     *           "ends_at": "2025-04-08T09:00:00-05:00",
                     *           "payments": 31,
                     *           "weeks": 8,
                     *           "low": 180.4,
                     *           "median": 211.5,
                     *           "high": 239.65,
                     *           "quiet": true,
                     *           "reason": "31 payments from 08:00 to 09:00; usually 180–240 at this time on a Tuesday"
                     *         }
                     *       ],
                     *       "from": "2025-04-08T08:00:00-05:00",
                     *       "to": "2025-04-08T09:10:00-05:00",
                     *       "zone": "America/Chicago",
                     *       "currency": "USD",
                     *       "as_of": 236713,
                     *       "as_of_received_at": "2025-05-02T06:00:01-05:00"
                     *     }
                     */
                    "application/json": {
                        /** @description Whether the newest hour of which it can be told is quiet. */
                        alarm: boolean;
                        /** @description The sequence of the newest capture that the figures count. */
                        as_of: number;
                        /**
                         * Format: date-time
                         * @description When that capture came in; null where there is none.
                         */
                        as_of_received_at: string | null;
                        /** @description ISO 4217; amounts are in its units. */
                        currency: string;
                        /**
                         * Format: date-time
                         * @description First instant of the range.
                         */
                        from: string;
                        /** @description In words. */
                        reason: string;
                        /** @description Oldest first; the last one is going on. */
                        rows: {
                            /**
                             * Format: date-time
                             * @description Exclusive; of the hour that is going on: now.
                             */
                            ends_at: string;
                            /** @description 95%. */
                            high: number | null;
                            /** @description 5% of the same hour in those weeks; null under 4 weeks. */
                            low: number | null;
                            median: number | null;
                            /** @description By when riders paid. */
                            payments: number;
                            quiet: boolean;
                            /** @description In words. */
                            reason: string;
                            /** Format: date-time */
                            starts_at: string;
                            /** @description How many of the 8 weeks before have history for this hour. */
                            weeks: number;
                        }[];
                        /**
                         * Format: date-time
                         * @description Its end, exclusive; null: open.
                         */
                        to: string | null;
                        /** @description The reporting zone, an IANA name. */
                        zone: string;
                    };
                    /**
                     * @example starts_at,ends_at,payments,weeks,low,median,high,quiet,reason
                     *     2025-04-08T08:00:00-05:00,2025-04-08T09:00:00-05:00,31,8,180.4,211.5,239.65,true,31 payments from 08:00 to 09:00; usually 180–240 at this time on a Tuesday
                     */
                    "text/csv": string;
                };
            };
            /** @description The figures are those that the caller has. */
            304: {
                headers: {
                    /** @description Figures may be kept, and are asked for again each time; those of riders may not be kept. */
                    "cache-control"?: string;
                    /** @description Weak; the same while the figures are. Send it as If-None-Match. */
                    etag?: string;
                    /** @description What else the answer depends on. */
                    vary?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            406: components["responses"]["Problem406"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    analyzeSources: {
        parameters: {
            query?: {
                /** @description Figures as they stood then: the sequence of a capture, an instant, or a date of the reporting zone. They are counted from the payments, so slower. */
                as_of?: string;
                /** @description The last so many times 24 hours; instead of from and to. */
                days?: number;
                /** @description json, or csv as a file. Goes before the header Accept, where text/csv asks for the same. */
                format?: "json" | "csv";
                /** @description Inclusive: a date of the reporting zone (2025-04-07) or an instant (2025-04-07T05:00:00Z). */
                from?: string;
                /** @description Exclusive: a date of the reporting zone or an instant. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The figures. */
            200: {
                headers: {
                    /** @description Figures may be kept, and are asked for again each time; those of riders may not be kept. */
                    "cache-control"?: string;
                    /** @description In CSV: the name of the file. */
                    "content-disposition"?: string;
                    /** @description Weak; the same while the figures are. Send it as If-None-Match. */
                    etag?: string;
                    /** @description In CSV, where there is a next page: its address, with rel="next". */
                    link?: string;
                    /** @description What else the answer depends on. */
                    vary?: string;
                    /** @description In CSV: what is as_of in JSON; so too zone, currency, from and to. */
                    "x-farelog-as-of"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "rows": [
                     *         {
                     *           "source": "webhook",
                     *           "deliveries": 12031,
                     *           "recorded": 11979,
                     *           "duplicate": 49,
                     *           "conflict": 0,
                     *           "invalid": 3,
                     *           "error_rate": 0.000249,
                     *           "last_recorded": "2025-05-02T11:00:01Z"
                     *         },
                     *         {
                     *           "source": "pull",
                     *           "deliveries": 0,
                     *           "recorded": 0,
                     *           "duplicate": 0,
                     *           "conflict": 0,
                     *           "invalid": 0,
                     *           "error_rate": null,
                     *           "last_recorded": null
                     *         }
                     *       ],
                     *       "lag": {
                     *         "payments": 11979,
                     *         "p50_seconds": 1,
                     *         "p95_seconds": 5,
                     *         "p99_seconds": 96.2,
                     *         "max_seconds": 170495
                     *       },
                     *       "pull": {
                     *         "name": "https://bytemark.example/api/payments#payments",
                     *         "watermark": "2025-05-02T09:00:00Z"
                     *       },
                     *       "sync": null,
                     *       "from": "2025-04-01T00:00:00-05:00",
                     *       "to": "2025-05-01T00:00:00-05:00",
                     *       "zone": "America/Chicago",
                     *       "currency": "USD",
                     *       "as_of": 236713,
                     *       "as_of_received_at": "2025-05-02T06:00:01-05:00"
                     *     }
                     */
                    "application/json": {
                        /** @description The sequence of the newest capture that the figures count. */
                        as_of: number;
                        /**
                         * Format: date-time
                         * @description When that capture came in; null where there is none.
                         */
                        as_of_received_at: string | null;
                        /** @description ISO 4217; amounts are in its units. */
                        currency: string;
                        /**
                         * Format: date-time
                         * @description First instant of the range.
                         */
                        from: string;
                        /** @description Of live sources (webhook and API) together; null where no payment came in live. */
                        lag: {
                            /** @description From payment to capture. */
                            max_seconds: number;
                            /** @description From payment to capture. */
                            p50_seconds: number;
                            /** @description From payment to capture. */
                            p95_seconds: number;
                            /** @description From payment to capture. */
                            p99_seconds: number;
                            payments: number;
                        } | null;
                        /** @description Null where none was. */
                        pull: {
                            /** @description The list of the provider that was pulled last. */
                            name: string;
                            /**
                             * Format: date-time
                             * @description Everything that it lists up to then is here, UTC.
                             */
                            watermark: string;
                        } | null;
                        rows: {
                            conflict: number;
                            /** @description Whatever became of them. */
                            deliveries: number;
                            duplicate: number;
                            /** @description Conflicts and invalid ones among them; null where there were none. */
                            error_rate: number | null;
                            invalid: number;
                            /** @description When its last payment came in, UTC, whatever the range; null where none ever did. */
                            last_recorded: string | null;
                            recorded: number;
                            /** @enum {string} */
                            source: "webhook" | "api" | "import" | "sync" | "pull" | "replay";
                        }[];
                        /** @description Null where none was. */
                        sync: {
                            /** @description The portal that was synced last. */
                            name: string;
                            /** @description When the last sync that came to its end had begun, UTC. */
                            synced_at: string | null;
                            /** @description Every row up to this id was read. */
                            watermark: number | null;
                        } | null;
                        /**
                         * Format: date-time
                         * @description Its end, exclusive; null: open.
                         */
                        to: string | null;
                        /** @description The reporting zone, an IANA name. */
                        zone: string;
                    };
                    /**
                     * @example source,deliveries,recorded,duplicate,conflict,invalid,error_rate,last_recorded
                     *     webhook,12031,11979,49,0,3,0.000249,2025-05-02T11:00:01Z
                     *     pull,0,0,0,0,0,,
                     */
                    "text/csv": string;
                };
            };
            /** @description The figures are those that the caller has. */
            304: {
                headers: {
                    /** @description Figures may be kept, and are asked for again each time; those of riders may not be kept. */
                    "cache-control"?: string;
                    /** @description Weak; the same while the figures are. Send it as If-None-Match. */
                    etag?: string;
                    /** @description What else the answer depends on. */
                    vary?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            406: components["responses"]["Problem406"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    analyzeUserSpending: {
        parameters: {
            query?: {
                /** @description Figures as they stood then: the sequence of a capture, an instant, or a date of the reporting zone. They are counted from the payments, so slower. */
                as_of?: string;
                /** @description The last so many times 24 hours; instead of from and to. */
                days?: number;
                /** @description json, or csv as a file. Goes before the header Accept, where text/csv asks for the same. */
                format?: "json" | "csv";
                /** @description Inclusive: a date of the reporting zone (2025-04-07) or an instant (2025-04-07T05:00:00Z). */
                from?: string;
                /** @description Exclusive: a date of the reporting zone or an instant. */
                to?: string;
            };
            header?: never;
            path: {
                /** @description The stored id of the rider: a pseudonym. */
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The figures. */
            200: {
                headers: {
                    /** @description Figures may be kept, and are asked for again each time; those of riders may not be kept. */
                    "cache-control"?: string;
                    /** @description In CSV: the name of the file. */
                    "content-disposition"?: string;
                    /** @description Weak; the same while the figures are. Send it as If-None-Match. */
                    etag?: string;
                    /** @description In CSV, where there is a next page: its address, with rel="next". */
                    link?: string;
                    /** @description What else the answer depends on. */
                    vary?: string;
                    /** @description In CSV: what is as_of in JSON; so too zone, currency, from and to. */
                    "x-farelog-as-of"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "overview": {
                     *         "total_transactions": 41,
                     *         "total_spent": 102.5,
                     *         "adjustments": -2.5,
                     *         "net_spent": 100,
                     *         "avg_transaction": 2.5,
                     *         "min_transaction": 1.25,
                     *         "max_transaction": 45,
                     *         "first_payment": "2025-01-03T07:12:09-06:00",
                     *         "latest_payment": "2025-04-30T17:40:51-05:00"
                     *       },
                     *       "monthly": [
                     *         {
                     *           "year": 2025,
                     *           "month": 4,
                     *           "transactions": 12,
                     *           "monthly_total": 30,
                     *           "adjustments": -2.5,
                     *           "net_total": 27.5
                     *         }
                     *       ],
                     *       "from": "2025-04-01T00:00:00-05:00",
                     *       "to": "2025-05-01T00:00:00-05:00",
                     *       "zone": "America/Chicago",
                     *       "currency": "USD",
                     *       "as_of": 236713,
                     *       "as_of_received_at": "2025-05-02T06:00:01-05:00"
                     *     }
                     */
                    "application/json": {
                        /** @description The sequence of the newest capture that the figures count. */
                        as_of: number;
                        /**
                         * Format: date-time
                         * @description When that capture came in; null where there is none.
                         */
                        as_of_received_at: string | null;
                        /** @description ISO 4217; amounts are in its units. */
                        currency: string;
                        /**
                         * Format: date-time
                         * @description First instant of the range.
                         */
                        from: string;
                        monthly: {
                            adjustments: number;
                            month: number;
                            monthly_total: number;
                            net_total: number;
                            transactions: number;
                            year: number;
                        }[];
                        overview: {
                            /** @description Refunds, voids and corrections that came about within it; below 0 where money went back. */
                            adjustments: number;
                            /** @description To 4 decimals. */
                            avg_transaction: number;
                            /** Format: date-time */
                            first_payment: string | null;
                            /** Format: date-time */
                            latest_payment: string | null;
                            max_transaction: number | null;
                            min_transaction: number | null;
                            /** @description Spending with its adjustments. */
                            net_spent: number;
                            /** @description Gross. */
                            total_spent: number;
                            total_transactions: number;
                        };
                        /**
                         * Format: date-time
                         * @description Its end, exclusive; null: open.
                         */
                        to: string | null;
                        /** @description The reporting zone, an IANA name. */
                        zone: string;
                    };
                    /**
                     * @example year,month,transactions,monthly_total,adjustments,net_total
                     *     2025,4,12,30,-2.5,27.5
                     */
                    "text/csv": string;
                };
            };
            /** @description The figures are those that the caller has. */
            304: {
                headers: {
                    /** @description Figures may be kept, and are asked for again each time; those of riders may not be kept. */
                    "cache-control"?: string;
                    /** @description Weak; the same while the figures are. Send it as If-None-Match. */
                    etag?: string;
                    /** @description What else the answer depends on. */
                    vary?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            406: components["responses"]["Problem406"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    analyzeSwitching: {
        parameters: {
            query?: {
                /** @description Figures as they stood then: the sequence of a capture, an instant, or a date of the reporting zone. They are counted from the payments, so slower. */
                as_of?: string;
                /** @description The last so many times 24 hours; instead of from and to. */
                days?: number;
                /** @description json, or csv as a file. Goes before the header Accept, where text/csv asks for the same. */
                format?: "json" | "csv";
                /** @description Inclusive: a date of the reporting zone (2025-04-07) or an instant (2025-04-07T05:00:00Z). */
                from?: string;
                /** @description Exclusive: a date of the reporting zone or an instant. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The figures. */
            200: {
                headers: {
                    /** @description Figures may be kept, and are asked for again each time; those of riders may not be kept. */
                    "cache-control"?: string;
                    /** @description In CSV: the name of the file. */
                    "content-disposition"?: string;
                    /** @description Weak; the same while the figures are. Send it as If-None-Match. */
                    etag?: string;
                    /** @description In CSV, where there is a next page: its address, with rel="next". */
                    link?: string;
                    /** @description What else the answer depends on. */
                    vary?: string;
                    /** @description In CSV: what is as_of in JSON; so too zone, currency, from and to. */
                    "x-farelog-as-of"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "rows": [
                     *         {
                     *           "from_type": "transit_card",
                     *           "to_type": "mobile_payment",
                     *           "transitions": 1904,
                     *           "riders": 1210,
                     *           "share_of_from": 0.081204
                     *         }
                     *       ],
                     *       "min_riders": 11,
                     *       "from": "2025-04-01T00:00:00-05:00",
                     *       "to": "2025-05-01T00:00:00-05:00",
                     *       "zone": "America/Chicago",
                     *       "currency": "USD",
                     *       "as_of": 236713,
                     *       "as_of_received_at": "2025-05-02T06:00:01-05:00"
                     *     }
                     */
                    "application/json": {
                        /** @description The sequence of the newest capture that the figures count. */
                        as_of: number;
                        /**
                         * Format: date-time
                         * @description When that capture came in; null where there is none.
                         */
                        as_of_received_at: string | null;
                        /** @description ISO 4217; amounts are in its units. */
                        currency: string;
                        /**
                         * Format: date-time
                         * @description First instant of the range.
                         */
                        from: string;
                        /** @description No row has fewer riders; 1 for researchers. */
                        min_riders: number;
                        rows: {
                            from_type: string;
                            /** @description Different riders who made it. */
                            riders: number;
                            /** @description Of the transitions of from_type that are shown, from 0 to 1. */
                            share_of_from: number;
                            /** @description The same as from_type where nothing changed. */
                            to_type: string;
                            transitions: number;
                        }[];
                        /**
                         * Format: date-time
                         * @description Its end, exclusive; null: open.
                         */
                        to: string | null;
                        /** @description The reporting zone, an IANA name. */
                        zone: string;
                    };
                    /**
                     * @example from_type,to_type,transitions,riders,share_of_from
                     *     transit_card,mobile_payment,1904,1210,0.081204
                     */
                    "text/csv": string;
                };
            };
            /** @description The figures are those that the caller has. */
            304: {
                headers: {
                    /** @description Figures may be kept, and are asked for again each time; those of riders may not be kept. */
                    "cache-control"?: string;
                    /** @description Weak; the same while the figures are. Send it as If-None-Match. */
                    etag?: string;
                    /** @description What else the answer depends on. */
                    vary?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            406: components["responses"]["Problem406"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    listTopRiders: {
        parameters: {
            query?: {
                /** @description Figures as they stood then: the sequence of a capture, an instant, or a date of the reporting zone. They are counted from the payments, so slower. */
                as_of?: string;
                /** @description The next_cursor of an earlier page. */
                cursor?: string;
                /** @description The last so many times 24 hours; instead of from and to. */
                days?: number;
                /** @description json, or csv as a file. Goes before the header Accept, where text/csv asks for the same. */
                format?: "json" | "csv";
                /** @description Inclusive: a date of the reporting zone (2025-04-07) or an instant (2025-04-07T05:00:00Z). */
                from?: string;
                /** @description Riders of a page. */
                limit?: number;
                /** @description Exclusive: a date of the reporting zone or an instant. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The figures. */
            200: {
                headers: {
                    /** @description Figures may be kept, and are asked for again each time; those of riders may not be kept. */
                    "cache-control"?: string;
                    /** @description In CSV: the name of the file. */
                    "content-disposition"?: string;
                    /** @description Weak; the same while the figures are. Send it as If-None-Match. */
                    etag?: string;
                    /** @description In CSV, where there is a next page: its address, with rel="next". */
                    link?: string;
                    /** @description What else the answer depends on. */
                    vary?: string;
                    /** @description In CSV: what is as_of in JSON; so too zone, currency, from and to. */
                    "x-farelog-as-of"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "rows": [
                     *         {
                     *           "user_id": "k7f3_9d1c6c0a5b7e4f2d8c3b6a1f0e9d8c7b",
                     *           "transaction_count": 41,
                     *           "total_spent": 102.5,
                     *           "adjustments": -2.5,
                     *           "net_spent": 100
                     *         }
                     *       ],
                     *       "next_cursor": null,
                     *       "from": "2025-04-01T00:00:00-05:00",
                     *       "to": "2025-05-01T00:00:00-05:00",
                     *       "zone": "America/Chicago",
                     *       "currency": "USD",
                     *       "as_of": 236713,
                     *       "as_of_received_at": "2025-05-02T06:00:01-05:00"
                     *     }
                     */
                    "application/json": {
                        /** @description The sequence of the newest capture that the figures count. */
                        as_of: number;
                        /**
                         * Format: date-time
                         * @description When that capture came in; null where there is none.
                         */
                        as_of_received_at: string | null;
                        /** @description ISO 4217; amounts are in its units. */
                        currency: string;
                        /**
                         * Format: date-time
                         * @description First instant of the range.
                         */
                        from: string;
                        /** @description The cursor of the next page; null on the last one. */
                        next_cursor: string | null;
                        rows: {
                            /** @description Refunds, voids and corrections that came about within it; below 0 where money went back. */
                            adjustments: number;
                            /** @description Spending with its adjustments. */
                            net_spent: number;
                            /** @description Gross. */
                            total_spent: number;
                            transaction_count: number;
                            /** @description The stored id: a pseudonym. */
                            user_id: string;
                        }[];
                        /**
                         * Format: date-time
                         * @description Its end, exclusive; null: open.
                         */
                        to: string | null;
                        /** @description The reporting zone, an IANA name. */
                        zone: string;
                    };
                    /**
                     * @example user_id,transaction_count,total_spent,adjustments,net_spent
                     *     k7f3_9d1c6c0a5b7e4f2d8c3b6a1f0e9d8c7b,41,102.5,-2.5,100
                     */
                    "text/csv": string;
                };
            };
            /** @description The figures are those that the caller has. */
            304: {
                headers: {
                    /** @description Figures may be kept, and are asked for again each time; those of riders may not be kept. */
                    "cache-control"?: string;
                    /** @description Weak; the same while the figures are. Send it as If-None-Match. */
                    etag?: string;
                    /** @description What else the answer depends on. */
                    vary?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            406: components["responses"]["Problem406"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    analyzeRevenueTrends: {
        parameters: {
            query?: {
                /** @description Figures as they stood then: the sequence of a capture, an instant, or a date of the reporting zone. They are counted from the payments, so slower. */
                as_of?: string;
                /** @description One row a bucket and payment type. */
                by_type?: "true" | "false";
                /** @description Beside each bucket the same one a week, month or year earlier. */
                compare?: "week" | "month" | "year";
                /** @description The last so many times 24 hours; instead of from and to. */
                days?: number;
                /** @description Whether buckets without payments are rows of zeros. */
                fill?: "true" | "false";
                /** @description json, or csv as a file. Goes before the header Accept, where text/csv asks for the same. */
                format?: "json" | "csv";
                /** @description Inclusive: a date of the reporting zone (2025-04-07) or an instant (2025-04-07T05:00:00Z). */
                from?: string;
                /** @description Size of a bucket, in the reporting zone. */
                period?: "hourly" | "daily" | "weekly" | "monthly";
                /** @description Exclusive: a date of the reporting zone or an instant. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The figures. */
            200: {
                headers: {
                    /** @description Figures may be kept, and are asked for again each time; those of riders may not be kept. */
                    "cache-control"?: string;
                    /** @description In CSV: the name of the file. */
                    "content-disposition"?: string;
                    /** @description Weak; the same while the figures are. Send it as If-None-Match. */
                    etag?: string;
                    /** @description In CSV, where there is a next page: its address, with rel="next". */
                    link?: string;
                    /** @description What else the answer depends on. */
                    vary?: string;
                    /** @description In CSV: what is as_of in JSON; so too zone, currency, from and to. */
                    "x-farelog-as-of"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "rows": [
                     *         {
                     *           "date": "2025-04-07",
                     *           "starts_at": "2025-04-07T00:00:00-05:00",
                     *           "transactions": 2480,
                     *           "revenue": 16240.25,
                     *           "avg_transaction_value": 6.5485,
                     *           "adjustments": -42.5,
                     *           "net_revenue": 16197.75
                     *         }
                     *       ],
                     *       "period": "daily",
                     *       "from": "2025-04-01T00:00:00-05:00",
                     *       "to": "2025-05-01T00:00:00-05:00",
                     *       "zone": "America/Chicago",
                     *       "currency": "USD",
                     *       "as_of": 236713,
                     *       "as_of_received_at": "2025-05-02T06:00:01-05:00"
                     *     }
                     */
                    "application/json": {
                        /** @description The sequence of the newest capture that the figures count. */
                        as_of: number;
                        /**
                         * Format: date-time
                         * @description When that capture came in; null where there is none.
                         */
                        as_of_received_at: string | null;
                        /** @description ISO 4217; amounts are in its units. */
                        currency: string;
                        /**
                         * Format: date-time
                         * @description First instant of the range.
                         */
                        from: string;
                        /** @enum {string} */
                        period: "hourly" | "daily" | "weekly" | "monthly";
                        rows: {
                            /** @description Refunds, voids and corrections that came about within it; below 0 where money went back. */
                            adjustments: number;
                            /** @description To 4 decimals. */
                            avg_transaction_value: number;
                            /** @description Daily: YYYY-MM-DD. */
                            date?: string;
                            /** @description Hourly: YYYY-MM-DD HH:00:00 of the reporting zone. */
                            hour?: string;
                            /** @description Monthly: YYYY-MM. */
                            month?: string;
                            /** @description Revenue with its adjustments. */
                            net_revenue: number;
                            /** @description With by_type. */
                            payment_type?: string;
                            previous_revenue?: number;
                            /** @description With compare: the start of the bucket a week, month or year earlier. */
                            previous_starts_at?: string;
                            previous_transactions?: number;
                            revenue: number;
                            /** @description Null where there was no revenue then. */
                            revenue_change?: number | null;
                            /**
                             * Format: date-time
                             * @description The instant at which it begins.
                             */
                            starts_at: string;
                            transactions: number;
                            /** @description Weekly: MySQL's YEARWEEK in its default mode; weeks begin on Sunday. */
                            week?: number;
                        }[];
                        /**
                         * Format: date-time
                         * @description Its end, exclusive; null: open.
                         */
                        to: string | null;
                        /** @description The reporting zone, an IANA name. */
                        zone: string;
                    };
                    /**
                     * @example hour,date,week,month,starts_at,payment_type,transactions,revenue,avg_transaction_value,adjustments,net_revenue,previous_starts_at,previous_transactions,previous_revenue,revenue_change
                     *     ,2025-04-07,,,2025-04-07T00:00:00-05:00,,2480,16240.25,6.5485,-42.5,16197.75,,,,
                     */
                    "text/csv": string;
                };
            };
            /** @description The figures are those that the caller has. */
            304: {
                headers: {
                    /** @description Figures may be kept, and are asked for again each time; those of riders may not be kept. */
                    "cache-control"?: string;
                    /** @description Weak; the same while the figures are. Send it as If-None-Match. */
                    etag?: string;
                    /** @description What else the answer depends on. */
                    vary?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            406: components["responses"]["Problem406"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    listAudit: {
        parameters: {
            query?: {
                /** @description What was done. */
                action?: "riders.read" | "riders.erase" | "riders.withdraw" | "riders.restore" | "quarantine.read" | "quarantine.replay" | "quarantine.discard" | "reconciliation.start" | "reconciliation.accept" | "reconciliation.ignore" | "reconciliation.correct" | "adjustments.create" | "calendar.add" | "calendar.change" | "calendar.end" | "calendar.remove" | "dataset.build" | "release.build" | "keys.create" | "keys.revoke" | "session.create" | "session.end";
                /** @description The id of an API key, command:USER, or service. */
                actor?: string;
                /** @description The next_cursor of an earlier page. */
                cursor?: number;
                /** @description Inclusive: a date of the reporting zone or an instant. */
                from?: string;
                /** @description How many at most. */
                limit?: number;
                /** @description Exclusive: a date of the reporting zone or an instant. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Rows of the audit. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "rows": [
                     *         {
                     *           "sequence": 12,
                     *           "at_ms": 1743995492000,
                     *           "at": "2025-04-07T03:11:32.000Z",
                     *           "actor": "6f1c0a9b2d3e",
                     *           "action": "riders.read",
                     *           "operation": "GET /api/v1/payments",
                     *           "filter": {
                     *             "query": {
                     *               "payment_type": "coins"
                     *             }
                     *           },
                     *           "previous_hash": "0000000000000000000000000000000000000000000000000000000000000000",
                     *           "hash": "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
                     *         }
                     *       ],
                     *       "limit": 100,
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": {
                        limit: number;
                        /** @description The cursor of the next page; null on the last one. */
                        next_cursor: string | null;
                        rows: {
                            action: string;
                            /** @description The id of an API key, command:USER, or service. */
                            actor: string;
                            /**
                             * Format: date-time
                             * @description UTC.
                             */
                            at: string;
                            /** @description Milliseconds since 1970. */
                            at_ms: number;
                            /** @description What was asked for, without keys. */
                            filter: unknown;
                            hash: string;
                            /** @description The route or the command. */
                            operation: string;
                            previous_hash: string;
                            sequence: number;
                        }[];
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    listCalendar: {
        parameters: {
            query?: {
                /** @description json, or csv as a file. Goes before the header Accept, where text/csv asks for the same. */
                format?: "json" | "csv";
                /** @description Only what holds on this date or instant or later. */
                from?: string;
                /** @description Only entries of this kind. */
                kind?: "fare" | "promotion" | "free" | "policy" | "event";
                /** @description Only what begins before this date or instant. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The entries. */
            200: {
                headers: {
                    /** @description Figures may be kept, and are asked for again each time; those of riders may not be kept. */
                    "cache-control"?: string;
                    /** @description In CSV: the name of the file. */
                    "content-disposition"?: string;
                    /** @description Weak; the same while the figures are. Send it as If-None-Match. */
                    etag?: string;
                    /** @description In CSV, where there is a next page: its address, with rel="next". */
                    link?: string;
                    /** @description What else the answer depends on. */
                    vary?: string;
                    /** @description In CSV: what is as_of in JSON; so too zone, currency, from and to. */
                    "x-farelog-as-of"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "rows": [
                     *         {
                     *           "entry_id": 12,
                     *           "kind": "fare",
                     *           "name": "Single fare rises to 1.50",
                     *           "starts_on": "2026-03-01",
                     *           "ends_before": null,
                     *           "payment_type": null,
                     *           "price_before_minor": 125,
                     *           "price_after_minor": 150,
                     *           "note": "Board resolution 2025-118"
                     *         }
                     *       ],
                     *       "zone": "America/Chicago",
                     *       "currency": "USD"
                     *     }
                     */
                    "application/json": {
                        currency: string;
                        rows: components["schemas"]["CalendarEntry"][];
                        zone: string;
                    };
                    /**
                     * @example entry_id,kind,name,starts_on,ends_before,payment_type,price_before_minor,price_after_minor,note
                     *     12,fare,Single fare rises to 1.50,2026-03-01,,,125,150,Board resolution 2025-118
                     */
                    "text/csv": string;
                };
            };
            /** @description The figures are those that the caller has. */
            304: {
                headers: {
                    /** @description Figures may be kept, and are asked for again each time; those of riders may not be kept. */
                    "cache-control"?: string;
                    /** @description Weak; the same while the figures are. Send it as If-None-Match. */
                    etag?: string;
                    /** @description What else the answer depends on. */
                    vary?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            406: components["responses"]["Problem406"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    addCalendarEntry: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The whole entry. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "kind": "fare",
                 *       "name": "Single fare rises to 1.50",
                 *       "starts_on": "2026-03-01",
                 *       "ends_before": null,
                 *       "payment_type": null,
                 *       "price_before_minor": 125,
                 *       "price_after_minor": 150,
                 *       "note": "Board resolution 2025-118"
                 *     }
                 */
                "application/json": components["schemas"]["CalendarInput"];
            };
        };
        responses: {
            /** @description The entry. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "entry_id": 12,
                     *       "kind": "fare",
                     *       "name": "Single fare rises to 1.50",
                     *       "starts_on": "2026-03-01",
                     *       "ends_before": null,
                     *       "payment_type": null,
                     *       "price_before_minor": 125,
                     *       "price_after_minor": 150,
                     *       "note": "Board resolution 2025-118"
                     *     }
                     */
                    "application/json": components["schemas"]["CalendarEntry"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    changeCalendarEntry: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of an entry. */
                entry_id: number;
            };
            cookie?: never;
        };
        /** @description The whole entry. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "kind": "fare",
                 *       "name": "Single fare rises to 1.50",
                 *       "starts_on": "2026-03-01",
                 *       "ends_before": null,
                 *       "payment_type": null,
                 *       "price_before_minor": 125,
                 *       "price_after_minor": 150,
                 *       "note": "Board resolution 2025-118"
                 *     }
                 */
                "application/json": components["schemas"]["CalendarInput"];
            };
        };
        responses: {
            /** @description The entry as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "entry_id": 12,
                     *       "kind": "fare",
                     *       "name": "Single fare rises to 1.50",
                     *       "starts_on": "2026-03-01",
                     *       "ends_before": null,
                     *       "payment_type": null,
                     *       "price_before_minor": 125,
                     *       "price_after_minor": 150,
                     *       "note": "Board resolution 2025-118"
                     *     }
                     */
                    "application/json": components["schemas"]["CalendarEntry"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    removeCalendarEntry: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of an entry. */
                entry_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The entry that was taken out. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "entry_id": 12,
                     *       "kind": "fare",
                     *       "name": "Single fare rises to 1.50",
                     *       "starts_on": "2026-03-01",
                     *       "ends_before": null,
                     *       "payment_type": null,
                     *       "price_before_minor": 125,
                     *       "price_after_minor": 150,
                     *       "note": "Board resolution 2025-118"
                     *     }
                     */
                    "application/json": components["schemas"]["CalendarEntry"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    listKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "rows": [
                     *         {
                     *           "id": "3f2a9c41d07b",
                     *           "name": "fare gates",
                     *           "role": "ingest",
                     *           "created_at": "2025-04-07T03:11:31Z",
                     *           "expires_at": null,
                     *           "revoked_at": null
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        rows: components["schemas"]["ApiKey"][];
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    createKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description What it is for, and what it may do. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "fare gates",
                 *       "role": "ingest"
                 *     }
                 */
                "application/json": {
                    /** @description For how many days it is valid; without it, until it is revoked. */
                    expires_days?: number;
                    name: string;
                    /** @enum {string} */
                    role: "ingest" | "analyst" | "researcher" | "admin";
                };
            };
        };
        responses: {
            /** @description The key. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "3f2a9c41d07b",
                     *       "name": "fare gates",
                     *       "role": "ingest",
                     *       "created_at": "2025-04-07T03:11:31Z",
                     *       "expires_at": null,
                     *       "revoked_at": null,
                     *       "key": "farelog_…"
                     *     }
                     */
                    "application/json": components["schemas"]["NewApiKey"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    revokeKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a key. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is revoked. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "3f2a9c41d07b",
                     *       "name": "fare gates",
                     *       "role": "ingest",
                     *       "created_at": "2025-04-07T03:11:31Z",
                     *       "expires_at": null,
                     *       "revoked_at": "2025-04-08T09:00:00Z"
                     *     }
                     */
                    "application/json": components["schemas"]["ApiKey"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    followCommits: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Events until one side ends the stream. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example retry: 2000
                     *
                     *     id: 1205
                     *     event: commit
                     *     data: {"as_of":1205,"payments":1,"revenue":2.5,"currency":"USD","by_type":[{"payment_type":"mobile_payment","payments":1,"revenue":2.5}],"by_source":[{"source":"webhook","payments":1,"revenue":2.5}],"latest_logged_on":"2025-04-07T03:11:31Z"}
                     */
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    listPayments: {
        parameters: {
            query?: {
                /** @description The next_cursor of an earlier page. */
                cursor?: string;
                /** @description json, or csv as a file. Goes before the header Accept, where text/csv asks for the same. */
                format?: "json" | "csv";
                /** @description Inclusive: a date of the reporting zone (2025-04-07) or an instant. */
                from?: string;
                /** @description How many at most: by default 100 in JSON, and all of them in CSV. */
                limit?: number;
                /** @description Highest price, in units of the currency. */
                max_price?: number;
                /** @description Lowest price, in units of the currency. */
                min_price?: number;
                /** @description An order. */
                order_id?: number;
                /** @description A payment type, as it is stored. */
                payment_type?: string;
                /** @description Exclusive: a date of the reporting zone or an instant. */
                to?: string;
                /** @description A rider's stored id (pseudonym). */
                user_id?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Payments. */
            200: {
                headers: {
                    /** @description Figures may be kept, and are asked for again each time; those of riders may not be kept. */
                    "cache-control"?: string;
                    /** @description In CSV: the name of the file. */
                    "content-disposition"?: string;
                    /** @description Weak; the same while the figures are. Send it as If-None-Match. */
                    etag?: string;
                    /** @description In CSV, where there is a next page: its address, with rel="next". */
                    link?: string;
                    /** @description What else the answer depends on. */
                    vary?: string;
                    /** @description In CSV: what is as_of in JSON; so too zone, currency, from and to. */
                    "x-farelog-as-of"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "rows": [
                     *         {
                     *           "payment_id": 1001,
                     *           "user_id": "k7f3_9d1c6c0a5b7e4f2d8c3b6a1f0e9d8c7b",
                     *           "order_id": 501,
                     *           "payment_type": "mobile_payment",
                     *           "total_price": 2.5,
                     *           "logged_on": "2025-04-07T03:11:31Z",
                     *           "created_on": "2025-04-07T03:11:32Z",
                     *           "modified_on": "2025-04-07T03:11:32Z"
                     *         }
                     *       ],
                     *       "limit": 100,
                     *       "currency": "USD",
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": {
                        currency: string;
                        limit: number;
                        /** @description The cursor of the next page; null on the last one. */
                        next_cursor: string | null;
                        rows: components["schemas"]["Payment"][];
                    };
                    /**
                     * @example payment_id,user_id,order_id,payment_type,total_price,logged_on,created_on,modified_on
                     *     1001,k7f3_9d1c6c0a5b7e4f2d8c3b6a1f0e9d8c7b,501,mobile_payment,2.5,2025-04-07T03:11:31Z,2025-04-07T03:11:32Z,2025-04-07T03:11:32Z
                     */
                    "text/csv": string;
                };
            };
            /** @description The figures are those that the caller has. */
            304: {
                headers: {
                    /** @description Figures may be kept, and are asked for again each time; those of riders may not be kept. */
                    "cache-control"?: string;
                    /** @description Weak; the same while the figures are. Send it as If-None-Match. */
                    etag?: string;
                    /** @description What else the answer depends on. */
                    vary?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            406: components["responses"]["Problem406"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    recordPayments: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description A payment, or an array of payments. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "payment_id": 1001,
                 *       "user_id": "bytemark-rider-77001",
                 *       "order_id": 501,
                 *       "payment_type": "apple_pay",
                 *       "total_price": "2.50",
                 *       "logged_on": "2025-04-07T03:11:31Z"
                 *     }
                 */
                "application/json": components["schemas"]["PaymentInput"] | components["schemas"]["PaymentInput"][];
            };
        };
        responses: {
            /** @description A duplicate: the payment was stored before. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "outcome": "duplicate",
                     *       "payment": {
                     *         "payment_id": 1001,
                     *         "user_id": "k7f3_9d1c6c0a5b7e4f2d8c3b6a1f0e9d8c7b",
                     *         "order_id": 501,
                     *         "payment_type": "mobile_payment",
                     *         "total_price": 2.5,
                     *         "logged_on": "2025-04-07T03:11:31Z",
                     *         "created_on": "2025-04-07T03:11:32Z",
                     *         "modified_on": "2025-04-07T03:11:32Z"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Kept"];
                };
            };
            /** @description Recorded. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "outcome": "recorded",
                     *       "payment": {
                     *         "payment_id": 1001,
                     *         "user_id": "k7f3_9d1c6c0a5b7e4f2d8c3b6a1f0e9d8c7b",
                     *         "order_id": 501,
                     *         "payment_type": "mobile_payment",
                     *         "total_price": 2.5,
                     *         "logged_on": "2025-04-07T03:11:31Z",
                     *         "created_on": "2025-04-07T03:11:32Z",
                     *         "modified_on": "2025-04-07T03:11:32Z"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Kept"];
                };
            };
            /** @description The outcome of each payment of an array, in its order. */
            207: {
                headers: {
                    /** @description Seconds, where some were not kept for want of room or of the database. */
                    "retry-after"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "rows": [
                     *         {
                     *           "index": 0,
                     *           "status": 201,
                     *           "outcome": "recorded",
                     *           "payment": {
                     *             "payment_id": 1001,
                     *             "user_id": "k7f3_9d1c6c0a5b7e4f2d8c3b6a1f0e9d8c7b",
                     *             "order_id": 501,
                     *             "payment_type": "mobile_payment",
                     *             "total_price": 2.5,
                     *             "logged_on": "2025-04-07T03:11:31Z",
                     *             "created_on": "2025-04-07T03:11:32Z",
                     *             "modified_on": "2025-04-07T03:11:32Z"
                     *           }
                     *         },
                     *         {
                     *           "index": 1,
                     *           "status": 422,
                     *           "outcome": "invalid",
                     *           "problems": [
                     *             {
                     *               "field": "total_price",
                     *               "code": "negative",
                     *               "message": "total_price must be over 0"
                     *             }
                     *           ]
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        rows: (components["schemas"]["KeptItem"] | components["schemas"]["RefusedItem"] | components["schemas"]["UnavailableItem"])[];
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    getPayment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a payment. */
                payment_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The payment. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "payment_id": 1001,
                     *       "user_id": "k7f3_9d1c6c0a5b7e4f2d8c3b6a1f0e9d8c7b",
                     *       "order_id": 501,
                     *       "payment_type": "mobile_payment",
                     *       "total_price": 2.5,
                     *       "logged_on": "2025-04-07T03:11:31Z",
                     *       "created_on": "2025-04-07T03:11:32Z",
                     *       "modified_on": "2025-04-07T03:11:32Z",
                     *       "capture": {
                     *         "sequence": 42,
                     *         "source": "webhook",
                     *         "raw_method": "apple_pay",
                     *         "reference": "evt-7",
                     *         "received_at": "2025-04-07T03:11:32Z"
                     *       },
                     *       "adjustments": [
                     *         {
                     *           "adjustment_id": "rf-7001",
                     *           "payment_id": 1001,
                     *           "kind": "refund",
                     *           "amount": -2.5,
                     *           "adjusted_on": "2025-04-08T14:00:00Z",
                     *           "reason": "ticket machine charged twice",
                     *           "source": "webhook",
                     *           "created_on": "2025-04-08T14:00:01Z"
                     *         }
                     *       ],
                     *       "adjusted": -2.5,
                     *       "net_price": 0,
                     *       "over_adjusted": false
                     *     }
                     */
                    "application/json": components["schemas"]["PaymentWithCapture"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    listQuarantine: {
        parameters: {
            query?: {
                /** @description The next_cursor of an earlier page. */
                cursor?: number;
                /** @description How many at most. */
                limit?: number;
                /** @description Only those that stand so. */
                status?: "open" | "replayed" | "discarded" | "expired";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "rows": [
                     *         {
                     *           "id": 7,
                     *           "source": "webhook",
                     *           "reason": "invalid",
                     *           "status": "open",
                     *           "problems": [
                     *             {
                     *               "field": "total_price",
                     *               "code": "negative",
                     *               "message": "total_price must be over 0"
                     *             }
                     *           ],
                     *           "attempts": 2,
                     *           "first_seen": "2025-04-07T03:11:31Z",
                     *           "last_seen": "2025-04-07T03:12:31Z",
                     *           "expires": "2025-07-06T03:11:31Z"
                     *         }
                     *       ],
                     *       "limit": 100,
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": {
                        limit: number;
                        /** @description The cursor of the next page; null on the last one. */
                        next_cursor: string | null;
                        rows: components["schemas"]["QuarantinedDelivery"][];
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    getQuarantined: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a quarantined delivery. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The delivery; its payload is null once it was erased. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 7,
                     *       "source": "webhook",
                     *       "reason": "invalid",
                     *       "status": "open",
                     *       "problems": [
                     *         {
                     *           "field": "total_price",
                     *           "code": "negative",
                     *           "message": "total_price must be over 0"
                     *         }
                     *       ],
                     *       "attempts": 2,
                     *       "first_seen": "2025-04-07T03:11:31Z",
                     *       "last_seen": "2025-04-07T03:12:31Z",
                     *       "expires": "2025-07-06T03:11:31Z",
                     *       "payload": "{\"payment_id\":1001,\"amount\":\"-2.50\"}"
                     *     }
                     */
                    "application/json": components["schemas"]["QuarantinedWithPayload"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    discardQuarantined: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a quarantined delivery. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is discarded. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 7,
                     *       "status": "discarded"
                     *     }
                     */
                    "application/json": {
                        id: number;
                        /** @constant */
                        status: "discarded";
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    replayQuarantined: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a quarantined delivery. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is recorded, or was before, and its payload is erased. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "outcome": "recorded",
                     *       "payment": {
                     *         "payment_id": 1001,
                     *         "user_id": "k7f3_9d1c6c0a5b7e4f2d8c3b6a1f0e9d8c7b",
                     *         "order_id": 501,
                     *         "payment_type": "mobile_payment",
                     *         "total_price": 2.5,
                     *         "logged_on": "2025-04-07T03:11:31Z",
                     *         "created_on": "2025-04-07T03:11:32Z",
                     *         "modified_on": "2025-04-07T03:11:32Z"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Kept"] | components["schemas"]["KeptAdjustment"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            422: components["responses"]["Problem422"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    listReconciliations: {
        parameters: {
            query?: {
                /** @description The next_cursor of an earlier page. */
                cursor?: number;
                /** @description How many at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "rows": [
                     *         {
                     *           "id": 3,
                     *           "source": "api",
                     *           "name": "https://bytemark.example/api/payments#payments",
                     *           "from": "2025-04-01T05:00:00Z",
                     *           "to": "2025-05-01T05:00:00Z",
                     *           "started": "2025-05-02T09:00:00Z",
                     *           "finished": "2025-05-02T09:00:41Z",
                     *           "headline": {
                     *             "payments_here": 2,
                     *             "total_here": 5,
                     *             "payments_there": 3,
                     *             "total_there": 7.5,
                     *             "difference": -2.5,
                     *             "pending": 0,
                     *             "recorded": 1,
                     *             "open": 0
                     *           },
                     *           "open_now": 0
                     *         }
                     *       ],
                     *       "limit": 100,
                     *       "next_cursor": null,
                     *       "can_start": true,
                     *       "under_way": null
                     *     }
                     */
                    "application/json": {
                        /** @description Whether a provider is set, so that one can be started here. */
                        can_start: boolean;
                        limit: number;
                        /** @description The cursor of the next page; null on the last one. */
                        next_cursor: string | null;
                        rows: components["schemas"]["ListedReconciliation"][];
                        /** @description The one that this instance was asked for, as far as it is. */
                        under_way: components["schemas"]["ReconciliationUnderWay"] | null;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    startReconciliation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description A span. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "from": "2025-04-01",
                 *       "to": "2025-05-01"
                 *     }
                 */
                "application/json": {
                    /** @description Inclusive: a date of the reporting zone, or an instant; in the past. */
                    from: string;
                    /**
                     * @description How long one side may be behind the other.
                     * @default 24
                     */
                    pending_hours?: number;
                    /** @description Exclusive. */
                    to: string;
                };
            };
        };
        responses: {
            /** @description It is under way. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 4
                     *     }
                     */
                    "application/json": {
                        /** @description Of the reconciliation. */
                        id: number;
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    getReconciliation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of a reconciliation. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The reconciliation; its report is null where it did not come to its end. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 3,
                     *       "source": "api",
                     *       "name": "https://bytemark.example/api/payments#payments",
                     *       "from": "2025-04-01T05:00:00Z",
                     *       "to": "2025-05-01T05:00:00Z",
                     *       "started": "2025-05-02T09:00:00Z",
                     *       "finished": "2025-05-02T09:00:41Z",
                     *       "report": {
                     *         "source": "api",
                     *         "name": "https://bytemark.example/api/payments#payments",
                     *         "from": "2025-04-01T05:00:00Z",
                     *         "to": "2025-05-01T05:00:00Z",
                     *         "pending_from": "2025-05-01T09:00:00Z",
                     *         "dry_run": false,
                     *         "records_read": 3,
                     *         "counts": {
                     *           "matched": 2,
                     *           "internal_currency": 0,
                     *           "pending": 0,
                     *           "missing_here": 1,
                     *           "missing_there": 0,
                     *           "differs": 0,
                     *           "duplicate_there": 0,
                     *           "unreadable_there": 0
                     *         },
                     *         "recorded": 1,
                     *         "adjustments_recorded": 0,
                     *         "open": 0,
                     *         "closed": 0,
                     *         "totals": {
                     *           "payments_here": 2,
                     *           "total_here": 5,
                     *           "payments_there": 3,
                     *           "total_there": 7.5,
                     *           "difference": -2.5
                     *         },
                     *         "days": [
                     *           {
                     *             "date": "2025-04-07",
                     *             "payment_type": "mobile_payment",
                     *             "payments_here": 2,
                     *             "total_here": 5,
                     *             "payments_there": 3,
                     *             "total_there": 7.5,
                     *             "difference": -2.5,
                     *             "explained": {
                     *               "missing_here": -2.5
                     *             }
                     *           }
                     *         ],
                     *         "incomplete": [],
                     *         "warnings": [],
                     *         "needs_attention": false
                     *       },
                     *       "failure": null
                     *     }
                     */
                    "application/json": components["schemas"]["ReconciliationWithReport"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    getReconciliationTotals: {
        parameters: {
            query?: {
                /** @description json, or csv as a file. Goes before the header Accept, where text/csv asks for the same. */
                format?: "json" | "csv";
            };
            header?: never;
            path: {
                /** @description The id of a reconciliation. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The totals. */
            200: {
                headers: {
                    /** @description Figures may be kept, and are asked for again each time; those of riders may not be kept. */
                    "cache-control"?: string;
                    /** @description In CSV: the name of the file. */
                    "content-disposition"?: string;
                    /** @description Weak; the same while the figures are. Send it as If-None-Match. */
                    etag?: string;
                    /** @description In CSV, where there is a next page: its address, with rel="next". */
                    link?: string;
                    /** @description What else the answer depends on. */
                    vary?: string;
                    /** @description In CSV: what is as_of in JSON; so too zone, currency, from and to. */
                    "x-farelog-as-of"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "rows": [
                     *         {
                     *           "date": "2025-04-07",
                     *           "payment_type": "mobile_payment",
                     *           "payments_here": 2,
                     *           "total_here": 5,
                     *           "payments_there": 3,
                     *           "total_there": 7.5,
                     *           "difference": -2.5,
                     *           "matched": 0,
                     *           "internal_currency": 0,
                     *           "pending": 0,
                     *           "missing_here": -2.5,
                     *           "missing_there": 0,
                     *           "differs": 0,
                     *           "duplicate_there": 0,
                     *           "unreadable_there": 0
                     *         }
                     *       ],
                     *       "zone": "America/Chicago",
                     *       "currency": "USD"
                     *     }
                     */
                    "application/json": {
                        /** @description ISO 4217; amounts are in its units. */
                        currency: string;
                        rows: {
                            /** @description Of the reporting zone. */
                            date: string;
                            /** @description Here less there. */
                            difference: number;
                            /** @description Its part of the difference. */
                            differs: number;
                            /** @description Its part of the difference. */
                            duplicate_there: number;
                            /** @description Its part of the difference. */
                            internal_currency: number;
                            /** @description Its part of the difference. */
                            matched: number;
                            /** @description Its part of the difference. */
                            missing_here: number;
                            /** @description Its part of the difference. */
                            missing_there: number;
                            payment_type: string;
                            payments_here: number;
                            payments_there: number;
                            /** @description Its part of the difference. */
                            pending: number;
                            /** @description In units of the currency, as was compared. */
                            total_here: number;
                            total_there: number;
                            /** @description Its part of the difference. */
                            unreadable_there: number;
                        }[];
                        /** @description The reporting zone, an IANA name. */
                        zone: string;
                    };
                    /**
                     * @example date,payment_type,payments_here,total_here,payments_there,total_there,difference,matched,internal_currency,pending,missing_here,missing_there,differs,duplicate_there,unreadable_there
                     *     2025-04-07,mobile_payment,2,5,3,7.5,-2.5,0,0,0,-2.5,0,0,0,0
                     */
                    "text/csv": string;
                };
            };
            /** @description The figures are those that the caller has. */
            304: {
                headers: {
                    /** @description Figures may be kept, and are asked for again each time; those of riders may not be kept. */
                    "cache-control"?: string;
                    /** @description Weak; the same while the figures are. Send it as If-None-Match. */
                    etag?: string;
                    /** @description What else the answer depends on. */
                    vary?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            409: components["responses"]["Problem409"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    listReconciliationItems: {
        parameters: {
            query?: {
                /** @description The next_cursor of an earlier page. */
                cursor?: number;
                /** @description json, or csv as a file. Goes before the header Accept, where text/csv asks for the same. */
                format?: "json" | "csv";
                /** @description Only those paid from then on: a date of the reporting zone, or an instant. */
                from?: string;
                /** @description Only those of a kind. */
                kind?: "missing_here" | "missing_there" | "differs" | "duplicate_there" | "unreadable_there";
                /** @description How many at most: by default 100 in JSON, and all of them in CSV. */
                limit?: number;
                /** @description Only those of the time that this reconciliation looked at, whichever has seen them. */
                of_run?: number;
                /** @description Only those of a payment. */
                payment_id?: number;
                /** @description Only those that this reconciliation saw last. */
                run?: number;
                /** @description Only those of a source. */
                source?: "api" | "file";
                /** @description Only those that stand so. */
                status?: "open" | "accepted" | "ignored" | "corrected" | "recorded" | "agreed";
                /** @description Only those paid before. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them. */
            200: {
                headers: {
                    /** @description Figures may be kept, and are asked for again each time; those of riders may not be kept. */
                    "cache-control"?: string;
                    /** @description In CSV: the name of the file. */
                    "content-disposition"?: string;
                    /** @description Weak; the same while the figures are. Send it as If-None-Match. */
                    etag?: string;
                    /** @description In CSV, where there is a next page: its address, with rel="next". */
                    link?: string;
                    /** @description What else the answer depends on. */
                    vary?: string;
                    /** @description In CSV: what is as_of in JSON; so too zone, currency, from and to. */
                    "x-farelog-as-of"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "rows": [
                     *         {
                     *           "id": 7,
                     *           "source": "api",
                     *           "kind": "differs",
                     *           "payment_id": 1001,
                     *           "status": "open",
                     *           "sentence": "Both sides have it, and they say different things. total_price is 2.50 here and 2.75 there.",
                     *           "fields": [
                     *             {
                     *               "field": "total_price",
                     *               "here": "2.50",
                     *               "there": "2.75"
                     *             }
                     *           ],
                     *           "payment": {
                     *             "order_id": 501,
                     *             "payment_type": "mobile_payment",
                     *             "total_price": "2.50",
                     *             "logged_on": "2025-04-07T03:11:31Z"
                     *           },
                     *           "at": "2025-04-07T03:11:31Z",
                     *           "first_seen": "2025-05-02T09:00:12Z",
                     *           "last_seen": "2025-05-02T09:00:12Z",
                     *           "first_run": 3,
                     *           "last_run": 3,
                     *           "until": null,
                     *           "reason": null,
                     *           "decided_by": null,
                     *           "decided": null,
                     *           "decided_by_name": null
                     *         }
                     *       ],
                     *       "limit": 100,
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": {
                        limit: number;
                        /** @description The cursor of the next page; null on the last one. */
                        next_cursor: string | null;
                        rows: components["schemas"]["ReconciliationItem"][];
                    };
                    /**
                     * @example id,source,kind,status,payment_id,order_id,payment_type,total_price,at,fields,here,there,times,why,first_seen,last_seen,first_run,last_run,until,reason,decided_by,decided_by_name,decided
                     *     7,api,differs,open,1001,501,mobile_payment,2.50,2025-04-07T03:11:31Z,total_price,2.50,2.75,,,2025-05-02T09:00:12Z,2025-05-02T09:00:12Z,3,3,,,,,
                     */
                    "text/csv": string;
                };
            };
            /** @description The figures are those that the caller has. */
            304: {
                headers: {
                    /** @description Figures may be kept, and are asked for again each time; those of riders may not be kept. */
                    "cache-control"?: string;
                    /** @description Weak; the same while the figures are. Send it as If-None-Match. */
                    etag?: string;
                    /** @description What else the answer depends on. */
                    vary?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            406: components["responses"]["Problem406"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    countReconciliationItems: {
        parameters: {
            query?: {
                /** @description Only those of the time that this reconciliation looked at, whichever has seen them. */
                of_run?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description By kind and status. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "rows": [
                     *         {
                     *           "kind": "differs",
                     *           "status": "open",
                     *           "items": 7
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        rows: {
                            items: number;
                            /** @enum {string} */
                            kind: "missing_here" | "missing_there" | "differs" | "duplicate_there" | "unreadable_there";
                            /** @enum {string} */
                            status: "open" | "accepted" | "ignored" | "corrected" | "recorded" | "agreed";
                        }[];
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    decideReconciliationItems: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description One item, or many. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "decision": "accept",
                 *       "ids": [
                 *         7,
                 *         8
                 *       ],
                 *       "reason": "fare dispute 41, settled by hand"
                 *     }
                 */
                "application/json": {
                    /**
                     * @description accept: it is known and stays. ignore: until a day. correct: by an adjustment.
                     * @enum {string}
                     */
                    decision: "accept" | "ignore" | "correct";
                    /** @description Items; all are decided, or none. */
                    ids: number[];
                    /** @description Why; it is kept, and written in the audit. */
                    reason: string;
                    /** @description Of ignore: a date of the reporting zone, or an instant, in the future. */
                    until?: string;
                };
            };
        };
        responses: {
            /** @description All of them are decided. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "rows": [
                     *         {
                     *           "id": 7,
                     *           "source": "api",
                     *           "kind": "differs",
                     *           "payment_id": 1001,
                     *           "status": "accepted",
                     *           "sentence": "Both sides have it, and they say different things. total_price is 2.50 here and 2.75 there.",
                     *           "fields": [
                     *             {
                     *               "field": "total_price",
                     *               "here": "2.50",
                     *               "there": "2.75"
                     *             }
                     *           ],
                     *           "payment": {
                     *             "order_id": 501,
                     *             "payment_type": "mobile_payment",
                     *             "total_price": "2.50",
                     *             "logged_on": "2025-04-07T03:11:31Z"
                     *           },
                     *           "at": "2025-04-07T03:11:31Z",
                     *           "first_seen": "2025-05-02T09:00:12Z",
                     *           "last_seen": "2025-05-02T09:00:12Z",
                     *           "first_run": 3,
                     *           "last_run": 3,
                     *           "until": null,
                     *           "reason": "fare dispute 41, settled by hand",
                     *           "decided_by": "k_9d1c6c0a",
                     *           "decided": "2025-05-02T10:00:00Z",
                     *           "decided_by_name": null
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        rows: components["schemas"]["ReconciliationItem"][];
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            409: components["responses"]["Problem409"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    listReleases: {
        parameters: {
            query?: {
                /** @description The next_cursor of an earlier page. */
                cursor?: number;
                /** @description How many at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "rows": [
                     *         {
                     *           "id": 2,
                     *           "release": "fares-2025-q1",
                     *           "released_at": "2025-05-02T09:00:41Z",
                     *           "actor": "command:researcher",
                     *           "recipient": "A university",
                     *           "purpose": "A study of fares",
                     *           "study": "",
                     *           "dataset_version": "",
                     *           "as_of": 48211,
                     *           "from": "2025-01-01",
                     *           "to": "2025-04-01",
                     *           "settings": {
                     *             "release": "fares-2025-q1",
                     *             "k": 11,
                     *             "tables": [
                     *               {
                     *                 "dimensions": [
                     *                   "week",
                     *                   "type"
                     *                 ],
                     *                 "totals": true
                     *               }
                     *             ]
                     *           },
                     *           "contents": {
                     *             "tables": 4,
                     *             "shown": 101,
                     *             "hidden": 7,
                     *             "records": null,
                     *             "unicity": null
                     *           },
                     *           "sha256": "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
                     *         }
                     *       ],
                     *       "limit": 100,
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": {
                        limit: number;
                        /** @description The cursor of the next page; null on the last one. */
                        next_cursor: string | null;
                        rows: components["schemas"]["Release"][];
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    eraseRiders: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Riders by their ids. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "user_ids": [
                 *         "bytemark-rider-77001"
                 *       ]
                 *     }
                 */
                "application/json": {
                    /** @description True: only tell how many payments it would change. */
                    dry_run?: boolean;
                    /** @description Stored ids of riders, instead or as well. */
                    pseudonyms?: string[];
                    /** @description The provider's ids of riders. */
                    user_ids?: string[];
                };
            };
        };
        responses: {
            /** @description They are erased, or counted. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "riders": 1,
                     *       "newly_erased": 1,
                     *       "payments": 214,
                     *       "quarantined": 0,
                     *       "quarantine_unopened": 0,
                     *       "scrubbed": true,
                     *       "dry_run": false
                     *     }
                     */
                    "application/json": components["schemas"]["Erasure"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    restoreRiders: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Riders by their ids. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "user_ids": [
                 *         "bytemark-rider-77001"
                 *       ]
                 *     }
                 */
                "application/json": {
                    /** @description Stored ids of riders, instead or as well. */
                    pseudonyms?: string[];
                    /** @description The provider's ids of riders. */
                    user_ids?: string[];
                };
            };
        };
        responses: {
            /** @description They are back. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "riders": 1,
                     *       "changed": 1
                     *     }
                     */
                    "application/json": components["schemas"]["Withdrawal"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    withdrawRiders: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Riders by their ids. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "user_ids": [
                 *         "bytemark-rider-77001"
                 *       ]
                 *     }
                 */
                "application/json": {
                    /** @description Stored ids of riders, instead or as well. */
                    pseudonyms?: string[];
                    /** @description The provider's ids of riders. */
                    user_ids?: string[];
                };
            };
        };
        responses: {
            /** @description They have withdrawn. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "riders": 1,
                     *       "changed": 1
                     *     }
                     */
                    "application/json": components["schemas"]["Withdrawal"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    listWithdrawn: {
        parameters: {
            query?: {
                /** @description The next_cursor of an earlier page. */
                cursor?: string;
                /** @description How many at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "rows": [
                     *         {
                     *           "user_id": "k7f3_9d1c6c0a5b7e4f2d8c3b6a1f0e9d8c7b",
                     *           "withdrawn_at": "2025-04-07T03:11:31Z"
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": {
                        /** @description The cursor of the next page; null on the last one. */
                        next_cursor: string | null;
                        rows: {
                            user_id: string;
                            /**
                             * Format: date-time
                             * @description UTC.
                             */
                            withdrawn_at: string;
                        }[];
                    };
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    listSchedule: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All jobs. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "rows": [
                     *         {
                     *           "name": "reconcile",
                     *           "schedule": "at 02:30 America/Chicago",
                     *           "state": "waiting",
                     *           "next_at": "2026-03-11T07:30:00Z",
                     *           "retry_at": null,
                     *           "running": null,
                     *           "last": {
                     *             "instance": "farelog-1",
                     *             "started_at": "2026-03-10T07:30:02Z",
                     *             "finished_at": "2026-03-10T07:30:44Z",
                     *             "outcome": "attention",
                     *             "message": "12,480 records read, 3 recorded, 2 exceptions open"
                     *           },
                     *           "last_done_at": "2026-03-10T07:30:44Z",
                     *           "failures": 0,
                     *           "overdue": false
                     *         }
                     *       ],
                     *       "zone": "America/Chicago"
                     *     }
                     */
                    "application/json": {
                        rows: components["schemas"]["ScheduledJob"][];
                        zone: string;
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    getSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "role": "analyst",
                     *       "key_name": "finance",
                     *       "expires_at": "2025-04-07T20:00:00Z",
                     *       "zone": "America/Chicago",
                     *       "currency": "USD",
                     *       "currency_digits": 2,
                     *       "data": "real",
                     *       "version": "1.0.0"
                     *     }
                     */
                    "application/json": components["schemas"]["Session"];
                };
            };
            401: components["responses"]["Problem401"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    signIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The key. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "key": "farelog_…"
                 *     }
                 */
                "application/json": {
                    key: string;
                };
            };
        };
        responses: {
            /** @description The session. */
            201: {
                headers: {
                    /** @description HttpOnly, SameSite=Strict; over TLS Secure, under a name that begins with __Host-. */
                    "set-cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "role": "analyst",
                     *       "key_name": "finance",
                     *       "expires_at": "2025-04-07T20:00:00Z",
                     *       "zone": "America/Chicago",
                     *       "currency": "USD",
                     *       "currency_digits": 2,
                     *       "data": "real",
                     *       "version": "1.0.0"
                     *     }
                     */
                    "application/json": components["schemas"]["Session"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            default: components["responses"]["Problem500"];
        };
    };
    signOut: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It has ended. */
            204: {
                headers: {
                    /** @description Takes the cookie away. */
                    "set-cookie"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    listStudies: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All studies. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "rows": [
                     *         {
                     *           "name": "equity",
                     *           "title": "Equity of spending",
                     *           "question": "How evenly is spending spread over riders?",
                     *           "options": [
                     *             {
                     *               "name": "level",
                     *               "description": "Confidence of the intervals, as 0.95.",
                     *               "type": "number",
                     *               "choices": [],
                     *               "default": 0.95,
                     *               "minimum": 0.5,
                     *               "maximum": 0.999
                     *             }
                     *           ]
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": {
                        rows: components["schemas"]["StudyDescription"][];
                    };
                };
            };
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    runStudy: {
        parameters: {
            query?: {
                /** @description Of switching, elasticity, did: Whole weeks from the event on that are compared, where the data have as many. */
                after_weeks?: string;
                /** @description Payments as they stood at this capture: its sequence. */
                as_of?: number;
                /** @description Of switching, elasticity, did: Whole weeks before the event that are compared, where the data have as many. */
                before_weeks?: string;
                /** @description Of impact: Whether the trend may change at the event too, beside the level. */
                change_of_trend?: string;
                /** @description Of did: What the event met as a whole: riders one by one, or segments, as districts of a file. One of rider, segment. */
                cluster?: string;
                /** @description Of did: Segments to compare with, separated by commas; by default all others. */
                comparison?: string;
                /** @description Of seasonality: week: days of the week; year: months of the year; auto: year where there are two years and a month. One of auto, week, year. Of anomalies: week: days, against those of the same weekday; year: months, against those of the same month. One of week, year. */
                cycle?: string;
                /** @description Of elasticity: The definition that the sentence tells; the tables have all. One of shrinkage, midpoint, log-arc. */
                definition?: string;
                /** @description Of switching: Compares the weeks before with those from an event on: number or name of an entry of the calendar, or a date (YYYY-MM-DD). Without it, each period with the next. Of elasticity, impact, did: The event: number or name of an entry of the calendar, or a date (YYYY-MM-DD). By default the period's only entry that can be meant. */
                event?: string;
                /** @description json: all of it; html: a page; csv, latex: one table; svg: one chart. */
                format?: "json" | "csv" | "latex" | "html" | "svg";
                /** @description A date of the reporting zone, or the instant at which it begins. By default the first payment’s. */
                from?: string;
                /** @description Of retention: Whether the data begin with the service. Otherwise riders of the first whole period may have paid before, and are in no cohort. */
                from_start?: string;
                /** @description Of shares: goodman and sison-glaz hold for all shares at once, wilson for each alone. One of goodman, sison-glaz, wilson. */
                interval?: string;
                /** @description Of shares, switching, elasticity, impact, did, equity, seasonality, retention, lag, crossmodal: Confidence of the intervals, as 0.95. Of anomalies: Confidence: where nothing is odd, about so often nothing is found at all. */
                level?: string;
                /** @description Of anomalies: At most this share of all points is looked for, and never fewer than two. */
                most?: string;
                /** @description Of shares: What shares are of: counts of payments, or the money that they bring. One of payments, revenue. */
                of?: string;
                /** @description Of impact, seasonality, anomalies: What is counted: revenue net of adjustments, payments, or different riders who paid. One of revenue, payments, riders. Of did: What is counted by rider and week: payments, or revenue net of adjustments. One of payments, revenue. */
                outcome?: string;
                /** @description Which table or chart, by its name; by default the first. */
                part?: string;
                /** @description Of impact, seasonality, anomalies: Payments of this type alone; by default all. */
                payment_type?: string;
                /** @description Of shares: By what the trend is told. One of month, week. Of switching: Without an event: whose main payment type is compared with that of the next one. One of month, week. Of impact: What a point of the series is; auto: weeks, or days where the event or the data are short. One of auto, day, week, month. Of retention: What a cohort is of. One of month, week. */
                period?: string;
                /** @description Of elasticity: Where the prices are from: the calendar's entry, the average that was paid, or the entry where it names them. One of auto, calendar, observed. */
                price?: string;
                /** @description Of impact: log tells the change as a share, level in units; auto: log where no point is zero. One of auto, log, level. Of seasonality: log tells distances as shares, level in units; auto: log where no point is zero. One of auto, log, level. Of anomalies: On which points spread evenly: log, root (of counts) or level; auto: the most even of them. One of auto, log, root, level. */
                scale?: string;
                /** @description Of seasonality: Cycles that the season of the drawn parts is smoothed from, as 13; 0: it is the same in all. */
                seasonal_window?: string;
                /** @description Of elasticity, did, equity: Seed of what is drawn by chance: the same seed, the same interval. */
                seed?: string;
                /** @description Of switching, did, equity, seasonality: Groups of riders: none; spend (fifths by net spending), tenure (since the first payment) or method (of most payments), all told from before the compared weeks; file (segments_csv). One of none, spend, tenure, method. Of elasticity: Groups of riders: none; spend (fifths by net spending) or method (of most payments), told from both sides of the event alike; tenure (since the first payment), told from before the compared weeks; file (segments_csv). One of none, spend, tenure, method. Of retention: Groups of riders: none; method (payment type of the first payment); file (segments_csv). One of none, method. */
                segments?: string;
                /** @description Of lag: A day is complete where this share of its payments is here. */
                threshold?: string;
                /** @description Exclusive. By default the day after the last payment’s, and not today, which is not over. */
                to?: string;
                /** @description Of did: Segments that the event met, separated by commas; by default that of the payment type which the entry of the calendar is about. */
                treated?: string;
                /** @description Of lag: The local date before which every capture is in the data; by default that of the reading, or in a dataset that of the last capture. */
                watched_until?: string;
                /** @description Of crossmodal: A use on the day of a payment, or within so many days after it, follows it. */
                within_days?: string;
            };
            header?: never;
            path: {
                /** @description The study. */
                name: "shares" | "switching" | "elasticity" | "impact" | "did" | "equity" | "seasonality" | "anomalies" | "retention" | "lag" | "crossmodal";
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The answer. */
            200: {
                headers: {
                    /** @description But for JSON: the name of the file. */
                    "content-disposition"?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "kind": "result",
                     *       "study": "equity",
                     *       "title": "Equity of spending",
                     *       "sentence": "Net spending of 26,145 riders has a Gini coefficient of 0.519 (95% interval 0.515 to 0.523), where 0 is all alike and 1 is one who has all.",
                     *       "method": "Gini coefficient; interval by linearisation over riders.",
                     *       "provenance": {
                     *         "kind": "live",
                     *         "sequence": 214586,
                     *         "read_at": "2026-11-25T09:21:02Z"
                     *       },
                     *       "from": "2026-08-27",
                     *       "to": "2026-11-25",
                     *       "zone": "America/Chicago",
                     *       "currency": "USD",
                     *       "payments": 214556,
                     *       "riders": 26145,
                     *       "clusters": null,
                     *       "options": {
                     *         "segments": "none",
                     *         "seed": 1,
                     *         "level": 0.95
                     *       },
                     *       "findings": [
                     *         {
                     *           "name": "Gini coefficient",
                     *           "segment": null,
                     *           "estimate": 0.519,
                     *           "standardError": 0.002,
                     *           "lower": 0.515,
                     *           "upper": 0.523,
                     *           "level": 0.95,
                     *           "statistic": null,
                     *           "df": null,
                     *           "pValue": null,
                     *           "literature": []
                     *         }
                     *       ],
                     *       "tables": [
                     *         {
                     *           "name": "inequality",
                     *           "caption": "Inequality of net spending",
                     *           "columns": [
                     *             {
                     *               "name": "measure",
                     *               "title": "Measure",
                     *               "format": "text"
                     *             }
                     *           ],
                     *           "rows": [
                     *             [
                     *               "gini"
                     *             ]
                     *           ]
                     *         }
                     *       ],
                     *       "charts": [],
                     *       "diagnostics": {
                     *         "tables": [],
                     *         "charts": []
                     *       },
                     *       "assumptions": [
                     *         "Payments are not trips: a pass hides how often it is used."
                     *       ],
                     *       "warnings": []
                     *     }
                     */
                    "application/json": components["schemas"]["StudyResult"] | components["schemas"]["StudyRefusal"];
                    /** @example \begin{tabular}{lr}… */
                    "application/x-tex": string;
                    /** @example <svg xmlns="http://www.w3.org/2000/svg">…</svg> */
                    "image/svg+xml": string;
                    /**
                     * @example measure,estimate
                     *     gini,0.519
                     */
                    "text/csv": string;
                    /** @example <!doctype html><title>Equity of spending</title>… */
                    "text/html": string;
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            403: components["responses"]["Problem403"];
            404: components["responses"]["Problem404"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    getDashboardFile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The name of a file, with a hash of its content. */
                file: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file. */
            200: {
                headers: {
                    /** @description How long it may be kept. */
                    "cache-control"?: string;
                    /** @description Of these bytes. */
                    etag?: string;
                    /** @description accept-encoding */
                    vary?: string;
                    [name: string]: unknown;
                };
                content: {
                    /** @example export {}; */
                    "text/javascript": string;
                };
            };
            /** @description The file is the one that the caller has. */
            304: {
                headers: {
                    /** @description How long it may be kept. */
                    "cache-control"?: string;
                    /** @description Of these bytes. */
                    etag?: string;
                    /** @description accept-encoding */
                    vary?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem400"];
            404: components["responses"]["Problem404"];
            default: components["responses"]["Problem500"];
        };
    };
    getDocs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example <!doctype html> */
                    "text/html": string;
                };
            };
            default: components["responses"]["Problem500"];
        };
    };
    getHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It does. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "ok"
                     *     }
                     */
                    "application/json": {
                        /** @constant */
                        status: "ok";
                    };
                };
            };
            default: components["responses"]["Problem500"];
        };
    };
    getMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The text format of Prometheus. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example farelog_deliveries_total{source="webhook",outcome="recorded"} 1 */
                    "text/plain": string;
                };
            };
            default: components["responses"]["Problem500"];
        };
    };
    getReadiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It does. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "ready"
                     *     }
                     */
                    "application/json": {
                        /** @constant */
                        status: "ready";
                    };
                };
            };
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
    receiveBytemarkWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description The notification. The signature is over its bytes. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "payment_id": 1001,
                 *       "user_id": "bytemark-rider-77001",
                 *       "order_id": 501,
                 *       "payment_method": "apple_pay",
                 *       "amount": "2.50",
                 *       "timestamp": "2025-04-07T03:11:31Z"
                 *     }
                 */
                "application/json": components["schemas"]["Notification"] | components["schemas"]["AdjustmentNotification"];
            };
        };
        responses: {
            /** @description A duplicate: it was stored before. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "outcome": "duplicate",
                     *       "payment": {
                     *         "payment_id": 1001,
                     *         "user_id": "k7f3_9d1c6c0a5b7e4f2d8c3b6a1f0e9d8c7b",
                     *         "order_id": 501,
                     *         "payment_type": "mobile_payment",
                     *         "total_price": 2.5,
                     *         "logged_on": "2025-04-07T03:11:31Z",
                     *         "created_on": "2025-04-07T03:11:32Z",
                     *         "modified_on": "2025-04-07T03:11:32Z"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Kept"] | components["schemas"]["KeptAdjustment"];
                };
            };
            /** @description Recorded. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "outcome": "recorded",
                     *       "adjustment": {
                     *         "adjustment_id": "rf-7001",
                     *         "payment_id": 1001,
                     *         "kind": "refund",
                     *         "amount": -2.5,
                     *         "adjusted_on": "2025-04-08T14:00:00Z",
                     *         "reason": "ticket machine charged twice",
                     *         "source": "webhook",
                     *         "created_on": "2025-04-08T14:00:01Z"
                     *       },
                     *       "counted": true,
                     *       "over_adjusted": false
                     *     }
                     */
                    "application/json": components["schemas"]["Kept"] | components["schemas"]["KeptAdjustment"];
                };
            };
            /** @description Kept in quarantine. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "outcome": "invalid",
                     *       "problems": [
                     *         {
                     *           "field": "total_price",
                     *           "code": "negative",
                     *           "message": "total_price must be over 0"
                     *         }
                     *       ],
                     *       "quarantine_id": 7
                     *     }
                     */
                    "application/json": components["schemas"]["Quarantined"];
                };
            };
            400: components["responses"]["Problem400"];
            401: components["responses"]["Problem401"];
            413: components["responses"]["Problem413"];
            415: components["responses"]["Problem415"];
            429: components["responses"]["Problem429"];
            503: components["responses"]["Problem503"];
            default: components["responses"]["Problem500"];
        };
    };
}
