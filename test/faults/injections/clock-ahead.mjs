/** The process's clock goes FAULT_AHEAD_MS ahead, in every thread: a service of a later year. */
const now = Date.now.bind(Date);
const aheadMs = Number(process.env.FAULT_AHEAD_MS);
Date.now = () => now() + aheadMs;
