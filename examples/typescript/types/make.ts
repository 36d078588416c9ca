import { compile, type JSONSchema } from 'json-schema-to-typescript';
import { readFile, writeFile } from 'node:fs/promises';
import { parse } from 'yaml';

// Writes the types of what callers send to awaitop's workflows, updates and queries, and get from them, into a file.

interface Document {
  services: Record<string, { operations: Record<string, Record<string, unknown>> }>;
  $defs: Record<string, JSONSchema>;
}

/** The services whose payloads callers write and read. */
const called = ['AwaitopWorkflows', 'AwaitopUpdates', 'AwaitopQueries'];

const [file = 'src/contract.ts'] = process.argv.slice(2);
const document = parse(await readFile('../../contract/awaitop.nexusrpc.yaml', 'utf8')) as Document;
const payloads = called.flatMap((service) =>
  Object.values(document.services[service]!.operations).flatMap(({ input, output }) => [input, output]),
);
const anyOf = [...payloads, { $ref: '#/$defs/Failure' }].filter((payload) => payload !== undefined) as JSONSchema[];
const source = await compile({ $defs: document.$defs, anyOf }, 'Payload', {
  additionalProperties: false,
  bannerComment: '// Made by `npm run types` of contract/awaitop.nexusrpc.yaml. Do not edit.',
  style: { singleQuote: true, printWidth: 120 },
});
await writeFile(file, source);
