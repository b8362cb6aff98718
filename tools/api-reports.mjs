/**
 * Writes the API reports: for each entry point of the three packages what it exports, signatures and
 * all, as `api/<entry>.api.md`. With `--check` it fails when one is out of date, and writes nothing.
 *
 * Needs `npm run build` first: it reads the declarations as they are published.
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';
import { entriesOf, folderOf, packageNames, unpacked } from './packed.mjs';
import { root } from './run.mjs';

/**
 * What declarations name and an entry does not export, as no app has a use for it: what Nest injects
 * into a constructor, what is marked internal, and a part of another package's type.
 */
const NOT_FOR_APPS = {
  'nest-stepup': [
    'ConfigurableModuleClass',
    'DecisionLog',
    'OPTIONS_TYPE',
    'OwnFilters',
    'RouteRequirements',
    'StepUpSettings',
  ],
  'nest-stepup/ciba': [
    'AssertionContext',
    'CibaSettings',
    'ConfigurableModuleClass',
    'JwtSigner',
    'Method',
    'OPTIONS_TYPE',
    'QrAdmission',
    'QrSessionRecords',
    'RateLimiter',
    'RefreshTokens',
    'TokenDisposal',
    'TransactionAudit',
    'Transactions',
  ],
  'nest-stepup/testing': ['TestingModuleBuilder'],
  'angular-stepup': ['NamedHandler', 'StepUpFeatureValues'],
  'angular-stepup/testing': ['AskedStepUp', 'FakeStepUpHandler'],
};

const check = process.argv.includes('--check');
const reports = join(root, 'api');
const entries = packageNames.flatMap((packageName) =>
  entriesOf(packageName).map((entry) => ({ ...entry, packageName })),
);

const reportOf = (entry) => `${entry.replace('/', '-')}.api.md`;

const compilerOptions = {
  target: 'ES2022',
  module: 'nodenext',
  lib: ['ES2022', 'DOM', 'DOM.Iterable'],
  strict: true,
  skipLibCheck: true,
  // Has an entry see the others as packages of their own, not as parts of itself.
  paths: Object.fromEntries(
    entries.map(({ name, packageName, types }) => [name, [join(unpacked, packageName, types)]]),
  ),
};

const messages = {
  compilerMessageReporting: { default: { logLevel: 'error' } },
  extractorMessageReporting: {
    default: { logLevel: 'error' },
    // All that is exported is public; what Angular forces into the open begins with ɵ.
    'ae-missing-release-tag': { logLevel: 'none' },
    'ae-internal-missing-underscore': { logLevel: 'none' },
    // A member whose name says it all has no docstring, and a link may lead to another package.
    'ae-undocumented': { logLevel: 'none' },
    'ae-unresolved-link': { logLevel: 'none' },
  },
  tsdocMessageReporting: { default: { logLevel: 'none' } },
};

function configFor({ name, packageName, types }) {
  const projectFolder = folderOf(packageName);
  const mainEntryPointFilePath = join(projectFolder, types);
  return ExtractorConfig.prepare({
    packageJsonFullPath: join(projectFolder, 'package.json'),
    configObject: {
      projectFolder,
      mainEntryPointFilePath,
      newlineKind: 'lf',
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            ...compilerOptions,
            types: packageName === 'nest-stepup' ? ['node'] : [],
          },
          files: [mainEntryPointFilePath],
        },
      },
      apiReport: {
        enabled: true,
        reportFileName: reportOf(name),
        reportFolder: reports,
        reportTempFolder: join(root, 'dist/api'),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages,
    },
  });
}

/** @returns Why the report of an entry does not do, a line each. */
function faultsOf(entry) {
  const faults = [];
  const unseen = new Set(NOT_FOR_APPS[entry.name]);
  const { apiReportChanged } = Extractor.invoke(configFor(entry), {
    localBuild: !check,
    messageCallback(message) {
      message.handled = true;
      const { logLevel, messageId, text, sourceFilePath = '', sourceFileLine = '' } = message;
      if (logLevel !== ExtractorLogLevel.Error) return;
      const [, symbol] = text.match(/^The symbol "(\w+)" needs to be exported/) ?? [];
      if (symbol !== undefined && unseen.delete(symbol)) return;
      faults.push(`${sourceFilePath}:${sourceFileLine} ${text} (${messageId})`);
    },
  });
  for (const symbol of unseen) faults.push(`${symbol} is not in use: take it off NOT_FOR_APPS`);
  if (check && apiReportChanged) {
    faults.push(`api/${reportOf(entry.name)} is out of date: run "npm run build && npm run api"`);
  }
  return faults;
}

mkdirSync(reports, { recursive: true });
let failed = 0;
for (const entry of entries) {
  const faults = faultsOf(entry);
  console.log(`${faults.length === 0 ? 'ok' : 'FAILED'}  ${entry.name}`);
  for (const fault of faults) console.error(`  ${fault}`);
  if (faults.length > 0) failed += 1;
}

const known = new Set(entries.map(({ name }) => reportOf(name)));
for (const file of readdirSync(reports).filter((name) => !known.has(name))) {
  if (check) {
    failed += 1;
    console.error(`api/${file} is of no entry: run "npm run build && npm run api"`);
  } else {
    rmSync(join(reports, file));
  }
}

console.log(`${Math.max(0, entries.length - failed)} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
