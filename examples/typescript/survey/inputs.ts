/** A wrong input: why it is wrong, its arguments, and the path that the failure has to name. */
export type Row = [why: string, args: unknown[], field: string];

const name = 'projects/p/locations/us-central1/operations/export';
const ref = `//alloydb.googleapis.com/${name}`;

/** An input that is right but for some fields. */
const having = (fields: object) => [{ ref, ...fields }];
const policy = (fields: unknown) => having({ policy: fields });
const operation = (fields: unknown) => having({ operation: fields });

/** An object that holds itself `levels` deep. */
const deep = (levels: number): object => (levels === 0 ? {} : { a: deep(levels - 1) });

const await_: Row[] = [
  ['no arguments', [], 'ref'],
  ['undefined', [undefined], 'ref'],
  ['null', [null], 'ref'],
  ['an empty object', [{}], 'ref'],
  ['a text in place of the object', [ref], 'input'],
  ['a number in place of the object', [7], 'input'],
  ['a boolean in place of the object', [true], 'input'],
  ['a list in place of the object', [[{ ref }]], 'input'],
  ['an empty list', [[]], 'input'],
  ['two arguments', [{ ref }, { timeout: '60s' }], 'input'],
  ['the options as a second argument', [ref, {}], 'input'],

  ['ref is null', [{ ref: null }], 'ref'],
  ['ref is empty', [{ ref: '' }], 'ref'],
  ['ref is a number', [{ ref: 17 }], 'ref'],
  ['ref is a list', [{ ref: [ref] }], 'ref'],
  ['ref in parts', [{ ref: { service: 'alloydb.googleapis.com', name } }], 'ref'],
  ['ref without a service', [{ ref: name }], 'ref'],
  ['ref is a URL', [{ ref: `https://alloydb.googleapis.com/v1/${name}` }], 'ref'],
  ['ref is a resource, not an operation', [{ ref: '//alloydb.googleapis.com/projects/p/locations/l/clusters/c' }], 'ref'],
  ['ref calls a method', [{ ref: `${ref}:cancel` }], 'ref'],
  ['ref has a query', [{ ref: `${ref}?alt=media` }], 'ref'],
  ['ref leaves its collection', [{ ref: '//alloydb.googleapis.com/projects/p/../operations/o' }], 'ref'],
  ['ref has an empty segment', [{ ref: '//alloydb.googleapis.com/projects//operations/o' }], 'ref'],
  ['ref is at an address', [{ ref: '//169.254.169.254/operations/o' }], 'ref'],
  ['ref is at a port', [{ ref: `//alloydb.googleapis.com:443/${name}` }], 'ref'],
  ['ref in capitals', [{ ref: `//ALLOYDB.googleapis.com/${name}` }], 'ref'],
  ['ref with a line break', [{ ref: `${ref}\n` }], 'ref'],
  ['ref beyond ASCII', [{ ref: `${ref}-ü` }], 'ref'],
  ['ref of 100,000 characters', [{ ref: ref + 'o'.repeat(100_000) }], 'ref'],
  ['ref of a service that the worker does not serve', [{ ref: '//library.example.com/operations/o' }], 'ref'],
  ['Ref', [{ Ref: ref }], 'Ref'],

  ['an unknown field', having({ timout: '60s' }), 'timout'],
  ['a field in another case', having({ Timeout: '60s' }), 'Timeout'],
  ['a field with underscores', having({ cancel_policy: 'abandon' }), 'cancel_policy'],
  ['a field without a name', having({ '': 1 }), 'input'],
  ['options in a field of their own', having({ options: { timeout: '60s' } }), 'options'],
  ['a field of prototypes', having(JSON.parse('{"__proto__": {"timeout": "60s"}}')), '__proto__'],

  ['timeout is a number', having({ timeout: 90 }), 'timeout'],
  ['timeout without a unit', having({ timeout: '90' }), 'timeout'],
  ['timeout in words', having({ timeout: '1 hour' }), 'timeout'],
  ['timeout in days', having({ timeout: '2d' }), 'timeout'],
  ['timeout in ISO 8601', having({ timeout: 'PT1H' }), 'timeout'],
  ['timeout below 0', having({ timeout: '-1s' }), 'timeout'],
  ['timeout over ten years', having({ timeout: '90000h' }), 'timeout'],
  ['timeout over 292 years', having({ timeout: '9999999h' }), 'timeout'],
  ['timeout is empty', having({ timeout: '' }), 'timeout'],
  ['timeout is true', having({ timeout: true }), 'timeout'],
  ['timeout in parts', having({ timeout: { seconds: 5, nanos: 0 } }), 'timeout'],
  ['cancelGrace is a list', having({ cancelGrace: ['5s'] }), 'cancelGrace'],
  ['authGrace below 0', having({ authGrace: '-0.5s' }), 'authGrace'],
  ['notFoundGrace without a unit', having({ notFoundGrace: '5' }), 'notFoundGrace'],
  ['heartbeatTimeout under a second', having({ heartbeatTimeout: '0.5s' }), 'heartbeatTimeout'],
  ['progressInterval under 10 s', having({ progressInterval: '1s' }), 'progressInterval'],
  ['endMargin is a text', having({ endMargin: 'some' }), 'endMargin'],

  ['cancelPolicy unknown', having({ cancelPolicy: 'ABANDON' }), 'cancelPolicy'],
  ['cancelPolicy is a number', having({ cancelPolicy: 1 }), 'cancelPolicy'],
  ['deadlinePolicy unknown', having({ deadlinePolicy: 'fail' }), 'deadlinePolicy'],
  ['deadlinePolicy is a list', having({ deadlinePolicy: ['cancel'] }), 'deadlinePolicy'],
  ['searchAttributes is a text', having({ searchAttributes: 'true' }), 'searchAttributes'],
  ['deleteWhenDone is a number', having({ deleteWhenDone: 1 }), 'deleteWhenDone'],
  ['failWhenCanceled is a text', having({ failWhenCanceled: 'yes' }), 'failWhenCanceled'],
  ['taskQueue is a number', having({ taskQueue: 5 }), 'taskQueue'],
  ['taskQueue of 10,000 characters', having({ taskQueue: 'q'.repeat(10_000) }), 'taskQueue'],
  ["taskQueue of Temporal's own", having({ taskQueue: '/_sys/q/1' }), 'taskQueue'],
  ['controlTaskQueue is an object', having({ controlTaskQueue: { name: 'q' } }), 'controlTaskQueue'],
  ['controlTaskQueue of 10,000 characters', having({ controlTaskQueue: 'q'.repeat(10_000) }), 'controlTaskQueue'],
  ["a field of awaitop's workers", having({ origin: 'me' }), 'origin'],
  ["another field of awaitop's workers", having({ resume: 5 }), 'resume'],
  ['a wait that began at no time', having({ resume: { polls: 3 } }), 'resume.startTime'],

  ['policy is a text', policy('fast'), 'policy'],
  ['policy is a list', policy([]), 'policy'],
  ['policy with an unknown field', policy({ maxInterval: '30s' }), 'policy.maxInterval'],
  ['coefficient is a text', policy({ coefficient: '2' }), 'policy.coefficient'],
  ['coefficient under 1', policy({ coefficient: 0.5 }), 'policy.coefficient'],
  ['coefficient below 0', policy({ coefficient: -2 }), 'policy.coefficient'],
  ['coefficient huge', policy({ coefficient: 1e300 }), 'policy.coefficient'],
  ['initialInterval is a number', policy({ initialInterval: 5 }), 'policy.initialInterval'],
  ['initialInterval below 0', policy({ initialInterval: '-5s' }), 'policy.initialInterval'],
  ['maximumInterval under initialInterval', policy({ initialInterval: '60s', maximumInterval: '5s' }), 'policy.maximumInterval'],
  ['maximumEstimate over ten years', policy({ maximumEstimate: '900000h' }), 'policy.maximumEstimate'],
  ['yieldInterval in words', policy({ yieldInterval: 'a minute' }), 'policy.yieldInterval'],
  ['ignoreProgress is a text', policy({ ignoreProgress: 'no' }), 'policy.ignoreProgress'],

  ['operation is a text', operation(name), 'operation'],
  ['operation is a list', operation([{ name }]), 'operation'],
  ["operation is another's", operation({ name: `${name}-2` }), 'operation.name'],
  ['operation.name is a number', operation({ name: 5 }), 'operation.name'],
  ['operation with an unknown field', operation({ name, status: 'DONE' }), 'operation.status'],
  ['operation.done is a text', operation({ name, done: 'true' }), 'operation.done'],
  ['operation.error is a text', operation({ name, done: true, error: 'no' }), 'operation.error'],
  ['operation.error.code is a name', operation({ name, done: true, error: { code: 'ABORTED' } }), 'operation.error.code'],
  ['operation.error.code is not whole', operation({ name, done: true, error: { code: 1.5 } }), 'operation.error.code'],
  ['operation.error.details is an object', operation({ name, done: true, error: { code: 9, details: {} } }), 'operation.error.details'],
  ['operation.error with an unknown field', operation({ name, done: true, error: { code: 9, status: 'x' } }), 'operation.error.status'],
  ['operation with an error and a response', operation({ name, done: true, error: { code: 9 }, response: {} }), 'operation'],
  ['operation with an error of code 0', operation({ name, done: true, error: { code: 0 } }), 'operation'],
  ['operation that runs, of no name', [{ operation: { done: false } }], 'ref'],
  ['an unknown field 900 deep', having({ a: deep(900) }), 'a'],
];

const refs = [ref, `${ref}-2`];
const set = (fields: object) => [{ refs, ...fields }];

const awaitAll: Row[] = [
  ['no arguments', [], 'refs'],
  ['null', [null], 'refs'],
  ['an empty object', [{}], 'refs'],
  ['the refs in place of the object', [refs], 'input'],
  ['two arguments', [{ refs }, { timeout: '60s' }], 'input'],
  ['refs is null', [{ refs: null }], 'refs'],
  ['refs is a text', [{ refs: ref }], 'refs'],
  ['refs is an object', [{ refs: { 0: ref } }], 'refs'],
  ['ref in place of refs', [{ ref }], 'ref'],
  ['a number among refs', [{ refs: [...refs, 5] }], 'refs[2]'],
  ['null among refs', [{ refs: [ref, null] }], 'refs[1]'],
  ['an empty text among refs', [{ refs: ['', ref] }], 'refs[0]'],
  ['a list among refs', [{ refs: [refs] }], 'refs[0]'],
  ['a resource among refs', [{ refs: [...refs, '//alloydb.googleapis.com/projects/p/locations/l/clusters/c'] }], 'refs[2]'],
  ['a URL among refs', [{ refs: [ref, `https://alloydb.googleapis.com/v1/${name}`] }], 'refs[1]'],
  ['an unknown field', set({ onfailure: 'awaitRest' }), 'onfailure'],
  ['onFailure unknown', set({ onFailure: 'stop' }), 'onFailure'],
  ['onFailure is a number', set({ onFailure: 1 }), 'onFailure'],
  ['an operation', set({ operation: { name } }), 'operation'],
  ['coefficient is a text', set({ policy: { coefficient: '2' } }), 'policy.coefficient'],
  ['timeout is a number', set({ timeout: 60 }), 'timeout'],
  ['taskQueue of 2,000 characters', set({ taskQueue: 'q'.repeat(2000) }), 'taskQueue'],
];

const method = 'alloydb.projects.locations.clusters.create';
const target = 'projects/p/locations/us-central1/clusters/surveyed';
const step = (fields: object) => [{ method, target, ...fields }];
const request = (fields: unknown) => step({ request: fields });

/** What a RunOperation refuses, and an UndoOperation with the same input. */
const steps: Row[] = [
  ['no arguments', [], 'method'],
  ['null', [null], 'method'],
  ['a list', [[]], 'input'],
  ['a text', [method], 'input'],
  ['two arguments', [{ method, target }, {}], 'input'],
  ['no method', [{ target }], 'method'],
  ['no target', [{ method }], 'target'],
  ['method is a number', [{ method: 5, target }], 'method'],
  ['target is a Ref', [{ method, target: `//alloydb.googleapis.com/${target}` }], 'target'],
  ['target has a query', [{ method, target: `${target}?force=true` }], 'target'],
  ['target leaves its collection', [{ method, target: 'projects/p/../clusters/c' }], 'target'],
  ['an unknown field', step({ body: {} }), 'body'],
  ['an operation', step({ operation: { name } }), 'operation'],
  ['request is a text', request('{}'), 'request'],
  ['request.updateMask is a text', request({ updateMask: 'labels' }), 'request.updateMask'],
  ['a number in request.updateMask', request({ updateMask: ['labels', 5] }), 'request.updateMask[1]'],
  ['request.parameters is a list', request({ parameters: [] }), 'request.parameters'],
  ['a number in request.parameters', request({ parameters: { force: 1 } }), 'request.parameters.force'],
  ['request.mayStartTwice is a text', request({ mayStartTwice: 'yes' }), 'request.mayStartTwice'],
  ['an unknown field of request', request({ labels: {} }), 'request.labels'],
  ['a key and a workflowId', step({ key: 'k', workflowId: 'w', firstRunId: 'r' }), 'workflowId'],
  ['a workflowId without a firstRunId', step({ workflowId: 'w' }), 'firstRunId'],
  ['a firstRunId without a workflowId', step({ firstRunId: 'r' }), 'firstRunId'],
  ['key is a number', step({ key: 5 }), 'key'],
  ['key of 2,000 characters', step({ key: 'k'.repeat(2000) }), 'key'],
  ['key with a line break', step({ key: 'a\nb' }), 'key'],
  ['step is a list', step({ step: [] }), 'step'],
  ['step ends with a space', step({ step: 'cluster ' }), 'step'],
  ['since is no time', step({ key: 'k', since: 'yesterday' }), 'since'],
  ['withoutUndo is a text', step({ withoutUndo: 'no' }), 'withoutUndo'],
  ['undoWindow below 0', step({ undoWindow: '-1s' }), 'undoWindow'],
  ['holdFor is a number', step({ holdFor: 60 }), 'holdFor'],
  ['startTimeout in words', step({ startTimeout: 'a minute' }), 'startTimeout'],
  ['attemptTimeout over ten years', step({ attemptTimeout: '99999h' }), 'attemptTimeout'],
  ['quarantine is empty', step({ quarantine: '' }), 'quarantine'],
  ['policy.coefficient is a text', step({ policy: { coefficient: '2' } }), 'policy.coefficient'],
  ['cancelPolicy unknown', step({ cancelPolicy: 'none' }), 'cancelPolicy'],
  ['taskQueue of 2,000 characters', step({ taskQueue: 'q'.repeat(2000) }), 'taskQueue'],
  ['a method that is not there', [{ method: 'alloydb.projects.locations.clusters.make', target }], 'method'],
  ['a method that starts no operation', [{ method: 'alloydb.projects.locations.clusters.get', target }], 'method'],
  ['a method of a service that the worker does not serve', [{ method: 'spanner.projects.instances.create', target: 'projects/p/instances/i' }], 'method'],
  ['a target that the method does not make', [{ method, target: 'projects/p/instances/i' }], 'target'],
];

/** What the starter refuses of a request. */
const requests: Row[] = [
  ['request.body is a text', request({ body: '{}' }), 'request.body'],
  ['request.body is a list', request({ body: [] }), 'request.body'],
  ['a label that is no text', request({ body: { labels: { a: 5 } } }), 'request.body.labels.a'],
  ['a parameter that steers credentials', request({ parameters: { userProject: 'p' } }), 'request.parameters.userProject'],
  ['a parameter that is in the path', request({ parameters: { parent: 'projects/p' } }), 'request.parameters.parent'],
];

/** An undo names its run. An input that names none gets a key, and all else stays as it is. */
export const named = (input: unknown): unknown =>
  typeof input === 'object' && input !== null && 'method' in input && !['key', 'workflowId', 'firstRunId'].some((field) => field in input)
    ? { ...input, key: 'k' }
    : input;

/** Wrong inputs of workflows, by the workflow's name. */
export const workflows: Record<string, Row[]> = {
  'awaitop.AwaitOperation': await_,
  'awaitop.AwaitOperations': awaitAll,
  'awaitop.RunOperation': [...steps, ...requests],
  'awaitop.UndoOperation': [
    ...steps.map(([reason, args, field]): Row => [reason, args.map(named), field]),
    ['no key', step({}), 'key'],
    ['outcome is a text', step({ outcome: 'done' }), 'outcome'],
    ['outcome.operation is a text', step({ outcome: { operation: 'o' } }), 'outcome.operation'],
    ['outcome.ref is a resource', step({ outcome: { ref: '//alloydb.googleapis.com/projects/p/locations/l/clusters/c', operation: {} } }), 'outcome.ref'],
  ],
};

/** A step that stays open after its success. */
export const held = (id: string) => ({ method, target: `projects/p/locations/us-central1/clusters/${id}`, holdFor: '1h' });

/** Wrong inputs of updates, by the update's name, on a wait or a step that runs. */
export const updates: Record<string, Row[]> = {
  'awaitop.pollNow': [
    ['a text', ['now'], 'input'],
    ['an unknown field', [{ now: true }], 'now'],
  ],
  'awaitop.setPolicy': [
    ['no arguments', [], 'policy'],
    ['null', [null], 'policy'],
    ['an empty object', [{}], 'policy'],
    ['a list', [[]], 'input'],
    ['a field outside of policy', [{ coefficient: 2 }], 'coefficient'],
    ['an unknown field', [{ policy: { first: '1s' } }], 'policy.first'],
    ['a wrong type', [{ policy: { coefficient: '2' } }], 'policy.coefficient'],
    ['a wrong value', [{ policy: { coefficient: 0.1 } }], 'policy.coefficient'],
    ['a wrong duration', [{ policy: { initialInterval: 'soon' } }], 'policy.initialInterval'],
    ['two arguments', [{ policy: {} }, 1], 'input'],
  ],
  'awaitop.setDeadline': [
    ['no arguments', [], 'input'],
    ['nothing set', [{}], 'input'],
    ['two are set', [{ in: '60s', none: true }], 'input'],
    ['a time that has passed', [{ deadline: '2001-01-01T00:00:00Z' }], 'deadline'],
    ['no time', [{ deadline: 'tomorrow' }], 'deadline'],
    ['milliseconds', [{ deadline: 1_900_000_000_000 }], 'deadline'],
    ['in 0 s', [{ in: '0s' }], 'input'],
    ['in the past', [{ in: '-5s' }], 'in'],
    ['in a number', [{ in: 60 }], 'in'],
    ['in more than ten years', [{ in: '90000h' }], 'in'],
    ['none is a text', [{ none: 'true' }], 'none'],
    ['an unknown field', [{ after: '5s' }], 'after'],
  ],
  'awaitop.cancel': [
    ['a text in place of the object', ['no longer needed'], 'input'],
    ['reason is a number', [{ reason: 5 }], 'reason'],
    ['reason of 2,000 characters', [{ reason: 'r'.repeat(2000) }], 'reason'],
    ['an unknown field', [{ Reason: 'no' }], 'Reason'],
    ['two arguments', [{}, {}], 'input'],
  ],
  'awaitop.undo': [
    ['a text in place of the object', ['no longer needed'], 'input'],
    ['reason is a list', [{ reason: [] }], 'reason'],
    ['two arguments', [{}, {}], 'input'],
  ],
  'awaitop.abandon': [
    ['a list', [[]], 'input'],
    ['reason is an object', [{ reason: { text: 'no' } }], 'reason'],
  ],
};
