/** What a bench is told on its command line. */
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** Fewer and shorter rounds: to see whether it runs, not to quote. */
    short: { type: 'boolean', default: false },
    /** Puts the results into README.md and the charts beside it. */
    write: { type: 'boolean', default: false },
  },
});

export const names = positionals;
export const { short: isShort, write: isToBeWritten } = values;

/** The options, for a process that is started with the same. */
export const options = process.argv.slice(2).filter((argument) => argument.startsWith('--'));
