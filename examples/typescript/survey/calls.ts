import { named, workflows, type Row } from './inputs.js';
import type { Called } from './workflows.js';

/** A wrong call through Nexus: why it is wrong, its input, the type of the failure, and the path that it has to name. */
export type Call = [why: string, input: unknown, type: string, field: string];

/** Rows that the rule of the worker does not allow, where a child is refused because the worker has no such service. */
const outside = ['ref of a service that the worker does not serve', 'a method of a service that the worker does not serve'];

/** The rows of a workflow as calls. A call has one input, and no caller writes `resume`, whatever is in it. */
const of = (workflow: string): Call[] =>
  workflows[workflow]!.filter(([, args]) => args.length < 2).map(([why, [input], field]: Row) => [
    why, input, outside.includes(why) ? 'NotAllowed' : 'InvalidInput', field.startsWith('resume.') ? 'resume' : field,
  ]);

const name = 'projects/p/locations/us-central1/operations/export';
const ref = `//alloydb.googleapis.com/${name}`;
const another = ref.replace('projects/p', 'projects/another');
const method = 'alloydb.projects.locations.clusters.create';
const target = 'projects/p/locations/us-central1/clusters/surveyed';

/** What the service refuses, and a workflow takes. */
const decided = (fields: object): Call[] => [
  ['a task queue', { ...fields, taskQueue: 'q' }, 'InvalidInput', 'taskQueue'],
  ['a control task queue', { ...fields, controlTaskQueue: 'q' }, 'InvalidInput', 'controlTaskQueue'],
  ['search attributes', { ...fields, searchAttributes: true }, 'InvalidInput', 'searchAttributes'],
];
const steps: Call[] = [
  ...decided({ method, target }),
  ['a target of another project', { method, target: target.replace('projects/p', 'projects/another') }, 'NotAllowed', 'target'],
  ["a caller's workflow", { method, target, workflowId: 'w', firstRunId: '018f3f2e-7d7c-7cc3-98c5-3a1b2c4d5e6f' }, 'InvalidInput', 'workflowId'],
  ['a time to hold', { method, target, holdFor: '60s' }, 'InvalidInput', 'holdFor'],
];

/** Calls that name a wait which is not there, and then wrongly. */
const steered = (fields: object): Call[] => [
  ['no such workflow', { workflowId: 'none', ...fields }, 'WaitNotFound', 'workflowId'],
  ['a token of nothing', { operationToken: 'none', ...fields }, 'WaitNotFound', 'operationToken'],
  ['no wait of the caller', { ref: `${ref}-2`, ...fields }, 'WaitNotFound', 'ref'],
  ['another project', { ref: another, ...fields }, 'NotAllowed', 'ref'],
  ['no wait', fields, 'InvalidInput', 'input'],
  ['two names of a wait', { workflowId: 'none', ref, ...fields }, 'InvalidInput', 'input'],
  ['an unknown field', { workflowId: 'none', later: 1, ...fields }, 'InvalidInput', 'later'],
  ['workflowId is a number', { workflowId: 5, ...fields }, 'InvalidInput', 'workflowId'],
];

/** Wrong calls by the operation. */
export const calls: Partial<Record<Called, Call[]>> = {
  await: [
    ...of('awaitop.AwaitOperation'),
    ...decided({ ref }),
    ['an operation of another project', { ref: another }, 'NotAllowed', 'ref'],
    ["a place that awaitop's workers write", { ref, resume: { startTime: '2026-01-02T03:04:05Z' } }, 'InvalidInput', 'resume'],
  ],
  awaitAll: [
    ...of('awaitop.AwaitOperations'),
    ...decided({ refs: [ref] }),
    ['one of another project', { refs: [ref, another] }, 'NotAllowed', 'refs[1]'],
  ],
  run: [...of('awaitop.RunOperation'), ...steps],
  undo: [
    ...of('awaitop.UndoOperation'),
    ...steps.map(([reason, input, type, field]): Call => [reason, named(input), type, field]),
    ['an outcome of another project', { method, target, outcome: { ref: another, operation: { name: another.slice(2 + 'alloydb.googleapis.com/'.length) } } }, 'NotAllowed', 'outcome.ref'],
  ],
  get: [
    ['nothing', undefined, 'InvalidInput', 'ref'],
    ['a text', ref, 'InvalidInput', 'input'],
    ['ref is a number', { ref: 5 }, 'InvalidInput', 'ref'],
    ['another project', { ref: another }, 'NotAllowed', 'ref'],
  ],
  cancel: steered({}),
  abandon: steered({ reason: 'no longer needed' }),
  pollNow: steered({}),
  setPolicy: steered({ policy: {} }),
  setDeadline: steered({ none: true }),
};
