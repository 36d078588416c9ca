import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

// Writes the workflows' code into a file, so that a worker starts quickly: `tsx trial/bundle.ts BUNDLE`.

const [file] = process.argv.slice(2) as [string];
const { code } = await bundleWorkflowCode({
  workflowsPath: fileURLToPath(import.meta.resolve('../src/workflows.ts')),
  logger: new DefaultLogger('ERROR'),
});
await writeFile(file, code);
