// A wrong variant: SIGTERM ends the process at once, whatever is under way.
process.on('SIGTERM', () => process.exit(0));
