// Made by `npm run types` of contract/awaitop.nexusrpc.yaml. Do not edit.

export type Payload =
  | AwaitInput
  | Outcome
  | AwaitAllInput
  | AllOutcome
  | RunInput
  | RunOutcome
  | SweepInput
  | SweepReport
  | UndoInput
  | UndoOutcome
  | StopInput
  | WaitStatus
  | SetDeadlineInput
  | SetPolicyInput
  | RunStatus
  | Failure;

/**
 * AwaitInput is the input of the workflow AwaitOperation. In JSON the options stand beside the ref.
 * Durations are as lro.Duration reads them, such as "90s" or "1h30m", and are written in seconds:
 *
 *     {"ref": "//spanner.googleapis.com/projects/p/instances/i/operations/o",
 *      "timeout": "3600s", "policy": {"maximumInterval": "30s"}}
 *
 * `policy` says when to poll.
 *
 * `operation` is the service's reply to the start of the operation, if the caller has it. If it is
 * done, nothing is polled, and the Ref may be zero. Otherwise it must be the `ref`'s operation, and
 * the first poll comes as lro.PollPolicy says instead of at once.
 */
export interface AwaitInput {
  /**
   * `ref` names the operation. It may be zero only if `operation` is done.
   */
  ref?: string;
  policy?: PollPolicy;
  /**
   * `timeout` is the time from the beginning of the wait to its deadline. 0 for none. The last poll
   * comes a second before the deadline.
   */
  timeout?: string;
  /**
   * `deadlinePolicy` is what the deadline does. Default `leaveRunning`.
   */
  deadlinePolicy?: 'leaveRunning' | 'cancel';
  /**
   * `cancelPolicy` is what a cancellation does. Default `cancel`.
   */
  cancelPolicy?: 'cancel' | 'abandon';
  /**
   * `failWhenCanceled` makes a wait that is canceled or abandoned fail with `OperationCanceled`, whose
   * details are the Outcome, instead of the CanceledError that has the Outcome as its details. It is for
   * callers whose SDK drops those details: the parent of a child workflow in TypeScript and Python
   * learns nothing else of the operation. The caller's own workflow then fails unless it handles the
   * failure.
   */
  failWhenCanceled?: boolean;
  /**
   * `cancelGrace` bounds the delivery of a cancel, and again how long the operation is awaited after it.
   * Default 10 min.
   */
  cancelGrace?: string;
  /**
   * `endMargin` is how long before an execution or run timeout of the workflow the wait ends by itself,
   * in `AwaitTimeout`: Temporal would end the workflow without running its code. The `deadlinePolicy`
   * counts then. `cancelGrace` is cut to the margin less 30 s, or to half of a margin under a minute.
   * Default 10% of the timeout, at most 10 min. Without such a timeout it means nothing.
   */
  endMargin?: string;
  /**
   * `authGrace` is for how long 401 and 403 in a row are retried once the operation was seen, because a
   * change of IAM takes minutes to spread. Any other answer, such as a 503, starts it afresh. A 403 with
   * the reason SERVICE_DISABLED is retried before, too, because the API may have been enabled a moment
   * ago. Default 1 h.
   */
  authGrace?: string;
  /**
   * `notFoundGrace` is for how long a 404, or another 4xx without a google.rpc.Status, is retried before
   * the operation was seen. It holds for the service's own 404 at a cancel, too. Default 1 min.
   */
  notFoundGrace?: string;
  /**
   * `heartbeatTimeout` is how soon the Temporal server notices that a worker died while it held a poll.
   * Default 30 s.
   */
  heartbeatTimeout?: string;
  /**
   * `progressInterval` is how often a poll reports the operation's state to the workflow, for its query
   * and the Web UI. The report comes with the first read after the interval and costs six history
   * events. At least 10 s. 0 for never; control.Describe shows progress without it. A wait inline in
   * another workflow reports nothing once the workflow's history has 30,000 events.
   */
  progressInterval?: string;
  /**
   * `searchAttributes` sets `AwaitopOperation` and, in an AwaitOperation, `AwaitopState` and
   * `AwaitopPercent`. The namespace has to have them, or the workflow gets stuck. An AwaitOperation that
   * Start starts has them without further events; an inline wait takes two events.
   */
  searchAttributes?: boolean;
  /**
   * `deleteWhenDone` deletes the operation's record once it is terminal and its result fits. A delete
   * that fails never fails the wait.
   */
  deleteWhenDone?: boolean;
  /**
   * `taskQueue` is where polls run, such as the queue of a fleet of awaitop workers that alone have the
   * cloud's credentials. Default the workflow's own.
   */
  taskQueue?: string;
  /**
   * `controlTaskQueue` is where cancels and deletes run. Default `taskQueue`.
   */
  controlTaskQueue?: string;
  operation?: Operation;
}
/**
 * PollPolicy says when an operation is read next. It does not decide about errors: those are retried
 * until the deadline.
 *
 * The interval is a function of the time since the wait began,
 *
 *     min(`initialInterval` + (`coefficient`-1) * elapsed, `maximumInterval`)
 *
 * which is geometric backoff without a counter, so that no state has to survive a worker's death. Up
 * to 10% of it is taken off at random, so that waits do not march in step. If a List answers so many
 * waits that a read costs next to nothing, the interval is cut by 1/8.
 *
 * If the metadata carries a percentage above 0, the next read is after 75% of the estimated remaining
 * time instead, or after all of it if that is at most 40 s. The estimate gives at least 5 s, at most
 * `maximumEstimate`, and at most eight times the operation's age, because an operation that ran for a
 * second is not trusted with minutes. Advice of the server (RetryInfo, Retry-After) is a minimum for
 * the next read, up to 1 h, but not for the last read before a deadline.
 *
 * If the wait has the reply to the operation's start, the first read comes after `initialInterval`. If
 * that is not set and the method is known to take longer, it comes after 5 s or 20 s, by the method.
 * Any other operation is read at once.
 *
 * The zero PollPolicy is the default policy; each zero field is its default.
 */
export interface PollPolicy {
  /**
   * `initialInterval` is the delay before the first read after a start, or between a first read that is
   * made at once and the second. Default 1 s. For the start of an instance it is 5 s, for a backup or a
   * restore 20 s.
   */
  initialInterval?: string;
  /**
   * `coefficient` is the ratio of successive intervals, at least 1. Default 1.3.
   */
  coefficient?: number;
  /**
   * `maximumInterval` is the longest interval of the formula. Default 30 s, or `initialInterval` if that
   * is longer.
   */
  maximumInterval?: string;
  /**
   * `maximumEstimate` is the longest interval that a percentage gives. Default `maximumInterval` if that
   * is set, else the longer of 5 min and `initialInterval`.
   */
  maximumEstimate?: string;
  /**
   * `yieldInterval` is the interval from which on the Temporal server holds the wait between reads,
   * instead of a worker. Default 1 min. The server retries after 1 s at the earliest.
   */
  yieldInterval?: string;
  /**
   * `ignoreProgress` polls by the formula even where metadata has a percentage.
   */
  ignoreProgress?: boolean;
}
/**
 * Operation is one observation of an operation, in the JSON mapping of google.longrunning.Operation.
 * `metadata` and `response` are google.protobuf.Any messages in JSON, kept as they came: no number
 * rounded, no field lost.
 *
 * `error` is set if the operation ended in error.
 */
export interface Operation {
  /**
   * `name` is the server-assigned name. It may be empty on an operation that was already done when it
   * was returned.
   */
  name?: string;
  /**
   * `done` is true once the operation has ended.
   */
  done?: boolean;
  /**
   * `metadata` is the service's progress record, absent if it has none.
   */
  metadata?: {
    [k: string]: unknown;
  };
  error?: Status;
  /**
   * `response` is the result, absent if a success has none.
   */
  response?: {
    [k: string]: unknown;
  };
  /**
   * `truncated` is awaitop's own: metadata or response were dropped, because the whole did not fit a
   * Temporal payload, see MaxEncodedSize.
   */
  truncated?: boolean;
}
/**
 * Status is a google.rpc.Status. `details` are google.protobuf.Any messages in JSON, each with its
 * "@type"; types unknown to this program are kept too.
 */
export interface Status {
  code: number;
  message?: string;
  details?: {
    [k: string]: unknown;
  }[];
}
/**
 * Outcome is how a wait ended: the operation as its workflow last knew it, and what awaiting it took.
 *
 * `operation` is the terminal operation. If the wait ended first, it is the running operation as a
 * poll last reported it to the workflow. A held poll reports at its end, and at each
 * `progressInterval`. A poll that is cut off, for example by an abandon, does not report. So
 * `operation` may be empty although the operation was read.
 *
 * `cancelStatus` is why a cancel was not delivered, or may not have been, if that is known.
 */
export interface Outcome {
  /**
   * `ref` names the operation. It is zero if the caller gave the operation done and without a name.
   */
  ref?: string;
  operation: Operation;
  /**
   * `polls` counts the reads that were reported to the workflow. It is a lower bound: the reads of a
   * worker that died, or of a poll that was cut off, are missing. At most MaxPolls.
   */
  polls: number;
  /**
   * `startTime` and `endTime` enclose the wait, in the Temporal server's clock.
   */
  startTime?: string;
  /**
   * `startTime` and `endTime` enclose the wait, in the Temporal server's clock.
   */
  endTime?: string;
  /**
   * `cancellation` says what became of a cancel, "" if there was none.
   */
  cancellation?: string;
  cancelStatus?: Status;
  /**
   * `cancelReason` is the reason that an update gave for canceling or abandoning the wait, "" without
   * one.
   */
  cancelReason?: string;
  /**
   * `deletion` says what became of `deleteWhenDone`, "" if it was not requested.
   */
  deletion?: string;
}
/**
 * AwaitAllInput is the input of the workflow AwaitOperations. In JSON the options stand beside the
 * refs, as those of an AwaitInput beside its ref:
 *
 *     {"refs": ["//spanner.googleapis.com/projects/p/instances/i/operations/o"],
 *      "onFailure": "awaitRest", "timeout": "3600s"}
 *
 * `policy` says when to poll.
 */
export interface AwaitAllInput {
  /**
   * `refs` name the operations. An empty list is awaited at once. In JSON the field is required. The
   * names take less than 1 MiB together, some 5,000 of 130 bytes, because the result names each of them
   * again.
   */
  refs: string[];
  policy?: PollPolicy;
  /**
   * `timeout` is the time from the beginning of the wait to its deadline. 0 for none. The last poll
   * comes a second before the deadline.
   */
  timeout?: string;
  /**
   * `deadlinePolicy` is what the deadline does. Default `leaveRunning`.
   */
  deadlinePolicy?: 'leaveRunning' | 'cancel';
  /**
   * `cancelPolicy` is what a cancellation does. Default `cancel`.
   */
  cancelPolicy?: 'cancel' | 'abandon';
  /**
   * `failWhenCanceled` makes a wait that is canceled or abandoned fail with `OperationCanceled`, whose
   * details are the Outcome, instead of the CanceledError that has the Outcome as its details. It is for
   * callers whose SDK drops those details: the parent of a child workflow in TypeScript and Python
   * learns nothing else of the operation. The caller's own workflow then fails unless it handles the
   * failure.
   */
  failWhenCanceled?: boolean;
  /**
   * `cancelGrace` bounds the delivery of a cancel, and again how long the operation is awaited after it.
   * Default 10 min.
   */
  cancelGrace?: string;
  /**
   * `endMargin` is how long before an execution or run timeout of the workflow the wait ends by itself,
   * in `AwaitTimeout`: Temporal would end the workflow without running its code. The `deadlinePolicy`
   * counts then. `cancelGrace` is cut to the margin less 30 s, or to half of a margin under a minute.
   * Default 10% of the timeout, at most 10 min. Without such a timeout it means nothing.
   */
  endMargin?: string;
  /**
   * `authGrace` is for how long 401 and 403 in a row are retried once the operation was seen, because a
   * change of IAM takes minutes to spread. Any other answer, such as a 503, starts it afresh. A 403 with
   * the reason SERVICE_DISABLED is retried before, too, because the API may have been enabled a moment
   * ago. Default 1 h.
   */
  authGrace?: string;
  /**
   * `notFoundGrace` is for how long a 404, or another 4xx without a google.rpc.Status, is retried before
   * the operation was seen. It holds for the service's own 404 at a cancel, too. Default 1 min.
   */
  notFoundGrace?: string;
  /**
   * `heartbeatTimeout` is how soon the Temporal server notices that a worker died while it held a poll.
   * Default 30 s.
   */
  heartbeatTimeout?: string;
  /**
   * `searchAttributes` sets `AwaitopOperation` and, in an AwaitOperation, `AwaitopState` and
   * `AwaitopPercent`. The namespace has to have them, or the workflow gets stuck. An AwaitOperation that
   * Start starts has them without further events; an inline wait takes two events.
   */
  searchAttributes?: boolean;
  /**
   * `taskQueue` is where polls run, such as the queue of a fleet of awaitop workers that alone have the
   * cloud's credentials. Default the workflow's own.
   */
  taskQueue?: string;
  /**
   * `controlTaskQueue` is where cancels and deletes run. Default `taskQueue`.
   */
  controlTaskQueue?: string;
  /**
   * `onFailure` is what the first failure does to the others. Default `cancelRest`.
   */
  onFailure?: 'cancelRest' | 'awaitRest' | 'leaveRest';
}
/**
 * AllOutcome is how the wait for a set ended.
 */
export interface AllOutcome {
  /**
   * `operations` are in the order of the Refs.
   */
  operations: SetResult[];
  /**
   * `polls` is how many reads were made: a lower bound.
   */
  polls: number;
  /**
   * `startTime` and `endTime` enclose the wait, in the Temporal server's clock.
   */
  startTime: string;
  /**
   * `startTime` and `endTime` enclose the wait, in the Temporal server's clock.
   */
  endTime: string;
}
/**
 * SetResult is how one operation of a set ended.
 *
 * `status` is the operation's error, or why it could not be read. If thousands of operations fail, it
 * loses its details, then its message.
 *
 * `cancelStatus` is why a cancel was not delivered, or may not have been. Absent if that is not known.
 */
export interface SetResult {
  ref: string;
  /**
   * `state` is the operation's; running if the wait for it ended first.
   */
  state: string;
  /**
   * `failure` is the type of the failure that Await would return for it: the operation failed, or could
   * not be read. "" for none.
   */
  failure?: string;
  status?: Status;
  /**
   * `cancellation` says what became of a cancel, "" if none was sent. A worker records each cancel of a
   * set before it sends it, so that its death loses none.
   */
  cancellation?: string;
  cancelStatus?: Status;
}
/**
 * RunInput is the input of the workflow RunOperation. In JSON all options stand beside the method.
 * Durations are as lro.Duration reads them:
 *
 *     {"method": "spanner.projects.instances.create", "target": "projects/p/instances/i",
 *      "request": {"body": {"displayName": "orders"}},
 *      "workflowId": "orders-1", "firstRunId": "0199...", "step": "instance", "timeout": "3600s"}
 *
 * `request` is the method's request. Default: empty.
 *
 * `policy` says when to poll.
 */
export interface RunInput {
  /**
   * `method` is the id of the API's method in awaitop's catalog, such as
   * "alloydb.projects.locations.clusters.create". With "notebooks/v2:" in front it is that of one
   * version. Required.
   */
  method: string;
  /**
   * `target` is the name of what the method makes or changes. Required.
   */
  target: string;
  request?: RunRequest;
  /**
   * `key` tells what the step starts from all else. It is a text of the caller's, up to 1,000 bytes,
   * that no other step has, such as an order's number and the step's name. Default: the key is made of
   * `workflowId`.
   */
  key?: string;
  /**
   * `workflowId` and `firstRunId` name the caller's workflow, as its SDK tells them
   * ("firstExecutionRunId" in TypeScript). The key is then made of them and of `step`, as for a step of
   * a workflow in Go: a retry and a reset of the caller find what it has started, and a sweep finds the
   * caller. Default: they are those of this workflow.
   */
  workflowId?: string;
  /**
   * `firstRunId` is the id of the first run of the caller's workflow, a UUID. Required with a
   * `workflowId`.
   */
  firstRunId?: string;
  /**
   * `runId` is the id of the caller's run. If it is another one than `firstRunId`, an earlier run may
   * have started the step. Default: none has.
   */
  runId?: string;
  /**
   * `since` is when the caller's first run began, or when `key` was first used: what is older is not the
   * caller's. Default: what `firstRunId` tells, or when this workflow began.
   */
  since?: string;
  /**
   * `step` is the step's name, which is part of the key. It must be the same in each retry of the
   * caller, and no other step of the caller may have it. Default: the method and the target.
   */
  step?: string;
  /**
   * `withoutUndo` leaves what the step has done. An operation in flight is canceled all the same. For a
   * method that makes nothing, it is required.
   */
  withoutUndo?: boolean;
  /**
   * `forceUndo` makes the undo delete the target with all that it holds, if the API's delete of it can
   * do that.
   */
  forceUndo?: boolean;
  /**
   * `undoWindow` is for how long the undo is tried, as SagaOptions.UndoWindow. Default 2 h.
   */
  undoWindow?: string;
  /**
   * `holdFor` is how long the workflow stays open after its success, for the update `awaitop.undo` or a
   * cancel to undo the step. Default 0: it closes at once. A run or execution timeout of the workflow
   * cuts it, by `endMargin` before it.
   */
  holdFor?: string;
  policy?: PollPolicy;
  /**
   * `timeout` is the time from the beginning of the wait to its deadline. 0 for none. The last poll
   * comes a second before the deadline.
   */
  timeout?: string;
  /**
   * `deadlinePolicy` is what the deadline does. Default `leaveRunning`.
   */
  deadlinePolicy?: 'leaveRunning' | 'cancel';
  /**
   * `cancelPolicy` is what a cancellation does. Default `cancel`.
   */
  cancelPolicy?: 'cancel' | 'abandon';
  /**
   * `failWhenCanceled` makes a wait that is canceled or abandoned fail with `OperationCanceled`, whose
   * details are the Outcome, instead of the CanceledError that has the Outcome as its details. It is for
   * callers whose SDK drops those details: the parent of a child workflow in TypeScript and Python
   * learns nothing else of the operation. The caller's own workflow then fails unless it handles the
   * failure.
   */
  failWhenCanceled?: boolean;
  /**
   * `cancelGrace` bounds the delivery of a cancel, and again how long the operation is awaited after it.
   * Default 10 min.
   */
  cancelGrace?: string;
  /**
   * `endMargin` is how long before an execution or run timeout of the workflow the wait ends by itself,
   * in `AwaitTimeout`: Temporal would end the workflow without running its code. The `deadlinePolicy`
   * counts then. `cancelGrace` is cut to the margin less 30 s, or to half of a margin under a minute.
   * Default 10% of the timeout, at most 10 min. Without such a timeout it means nothing.
   */
  endMargin?: string;
  /**
   * `authGrace` is for how long 401 and 403 in a row are retried once the operation was seen, because a
   * change of IAM takes minutes to spread. Any other answer, such as a 503, starts it afresh. A 403 with
   * the reason SERVICE_DISABLED is retried before, too, because the API may have been enabled a moment
   * ago. Default 1 h.
   */
  authGrace?: string;
  /**
   * `notFoundGrace` is for how long a 404, or another 4xx without a google.rpc.Status, is retried before
   * the operation was seen. It holds for the service's own 404 at a cancel, too. Default 1 min.
   */
  notFoundGrace?: string;
  /**
   * `heartbeatTimeout` is how soon the Temporal server notices that a worker died while it held a poll.
   * Default 30 s.
   */
  heartbeatTimeout?: string;
  /**
   * `progressInterval` is how often a poll reports the operation's state to the workflow, for its query
   * and the Web UI. The report comes with the first read after the interval and costs six history
   * events. At least 10 s. 0 for never; control.Describe shows progress without it. A wait inline in
   * another workflow reports nothing once the workflow's history has 30,000 events.
   */
  progressInterval?: string;
  /**
   * `searchAttributes` sets `AwaitopOperation` and, in an AwaitOperation, `AwaitopState` and
   * `AwaitopPercent`. The namespace has to have them, or the workflow gets stuck. An AwaitOperation that
   * Start starts has them without further events; an inline wait takes two events.
   */
  searchAttributes?: boolean;
  /**
   * `deleteWhenDone` deletes the operation's record once it is terminal and its result fits. A delete
   * that fails never fails the wait.
   */
  deleteWhenDone?: boolean;
  /**
   * `taskQueue` is where polls run, such as the queue of a fleet of awaitop workers that alone have the
   * cloud's credentials. Default the workflow's own.
   */
  taskQueue?: string;
  /**
   * `controlTaskQueue` is where cancels and deletes run. Default `taskQueue`.
   */
  controlTaskQueue?: string;
  /**
   * `startTimeout` bounds all attempts to start. Default 10 min.
   */
  startTimeout?: string;
  /**
   * `attemptTimeout` bounds one attempt, and so how soon another worker takes over from one that died.
   * Default 1 min.
   */
  attemptTimeout?: string;
  /**
   * `quarantine` is how long a request may still act after its attempt has ended. If a start was
   * canceled, or may or may not have happened, the step looks for the operation at once, and again after
   * the quarantine. Default 1 min.
   */
  quarantine?: string;
}
/**
 * RunRequest is the request of a method, as it travels in JSON.
 */
export interface RunRequest {
  /**
   * `body` is the request's body, the API's JSON. Of a method that makes a resource it is that resource,
   * even where the request wraps it. The starter sets the id, a label awaitop_key and the requestId.
   * Default: empty.
   */
  body?: {
    [k: string]: unknown;
  };
  /**
   * `updateMask` names the fields that an update changes. Default: none is sent.
   */
  updateMask?: string[];
  /**
   * `parameters` are further parameters of the request's query. Default: none.
   */
  parameters?: {
    [k: string]: string;
  };
  /**
   * `mayStartTwice` allows a method of which nothing tells its operation from another's: after a lost
   * reply the call is made again. Default: such a method is refused.
   */
  mayStartTwice?: boolean;
}
/**
 * RunOutcome is what a RunOperation has done.
 *
 * `operation` is the terminal operation. If the wait ended first, it is the running operation as a
 * poll last reported it to the workflow. A held poll reports at its end, and at each
 * `progressInterval`. A poll that is cut off, for example by an abandon, does not report. So
 * `operation` may be empty although the operation was read.
 *
 * `cancelStatus` is why a cancel was not delivered, or may not have been, if that is known.
 */
export interface RunOutcome {
  /**
   * `ref` names the operation. It is zero if the caller gave the operation done and without a name.
   */
  ref?: string;
  operation: Operation;
  /**
   * `polls` counts the reads that were reported to the workflow. It is a lower bound: the reads of a
   * worker that died, or of a poll that was cut off, are missing. At most MaxPolls.
   */
  polls: number;
  /**
   * `startTime` and `endTime` enclose the wait, in the Temporal server's clock.
   */
  startTime?: string;
  /**
   * `startTime` and `endTime` enclose the wait, in the Temporal server's clock.
   */
  endTime?: string;
  /**
   * `cancellation` says what became of a cancel, "" if there was none.
   */
  cancellation?: string;
  cancelStatus?: Status;
  /**
   * `cancelReason` is the reason that an update gave for canceling or abandoning the wait, "" without
   * one.
   */
  cancelReason?: string;
  /**
   * `deletion` says what became of `deleteWhenDone`, "" if it was not requested.
   */
  deletion?: string;
  /**
   * `adopted` is true if another attempt had started the operation, see StepOutcome.
   */
  adopted?: boolean;
}
/**
 * SweepInput is the input of the workflow Sweep. In JSON the policy stands beside the parents:
 *
 *     {"parents": ["//spanner.googleapis.com/projects/p"], "action": "cancel", "minAge": "30m"}
 */
export interface SweepInput {
  /**
   * `parents` are the full names of the resources below which to look, such as
   * "//spanner.googleapis.com/projects/p" or "//alloydb.googleapis.com/projects/p/locations/l": those
   * that have operations, or resources with labels, directly below them. Required.
   */
  parents: string[];
  /**
   * `action` is for operations that are orphans or were left by a wait. Default `report`.
   */
  action?: 'report' | 'adopt' | 'cancel';
  /**
   * `includeUnknown` acts on operations with a key of a workflow that the namespace does not have, as on
   * orphans. They may be of a workflow of another namespace: set it only if no other namespace works on
   * the same parents. Default: they are reported.
   */
  includeUnknown?: boolean;
  /**
   * `minAge` is how long a workflow or a wait has to be closed before the sweep acts on its operations:
   * a person may be about to reset it. For an operation of an unknown workflow it is the age of the
   * operation. 0 for 10 min.
   */
  minAge?: string;
  /**
   * `maxFindings` is how many findings the report has of each kind, 0 for 100, 1,000 at most. The others
   * are counted, and acted on.
   */
  maxFindings?: number;
  /**
   * `lookBack` is how long ago a wait may have been terminated, or have timed out, for the sweep to look
   * at what it has left: an operation below the parents that the wait was to cancel, that still runs,
   * and that nothing else is known to await. Such an operation bears no key, because its caller started
   * it by other means. 0 for 24 h. Within the policy's `minAge` it is reported only. A namespace forgets
   * a closed workflow after its retention.
   */
  lookBack?: string;
}
/**
 * SweepReport is the result of a Sweep, and what `awaitop.sweep` answers while it runs.
 *
 * `seen` counts what was looked at. `counts` are the running operations and the resources with a key
 * among it, by class.
 */
export interface SweepReport {
  seen: SweepSeen;
  counts: SweepCounts;
  /**
   * `acted` counts the operations that the policy's action was taken on.
   */
  acted?: number;
  /**
   * `findings` are the orphans, what waits have left, and what bears a key of an unknown workflow: the
   * first of them, up to SweepInput.maxFindings.
   */
  findings?: SweepFinding[];
  /**
   * `foreign` are the first running operations that are not awaitop's, up to `maxFindings`. They are
   * reported only.
   */
  foreign?: SweepFinding[];
  /**
   * `problems` are the first 20 of the places that could not be looked at. `problemCount` counts all.
   */
  problems?: SweepProblem[];
  /**
   * `problems` are the first 20 of the places that could not be looked at. `problemCount` counts all.
   */
  problemCount?: number;
  /**
   * `incomplete` says why not all was looked at, "" if it was.
   */
  incomplete?: string;
}
/**
 * SweepSeen counts what a sweep has looked at.
 */
export interface SweepSeen {
  /**
   * `operations` are those that the lists have shown, ended ones too.
   */
  operations: number;
  /**
   * `resources` are those with and without a key.
   */
  resources: number;
  /**
   * `waits` are the AwaitOperations that were terminated or have timed out, see LeftInput.
   */
  waits?: number;
}
/**
 * SweepCounts counts by class, see orphans.Class.
 */
export interface SweepCounts {
  live: number;
  kept: number;
  orphan: number;
  left: number;
  unknown: number;
  foreign: number;
}
/**
 * SweepFinding is something that has no live workflow.
 */
export interface SweepFinding {
  /**
   * `ref` is the operation; zero for a resource.
   */
  ref?: string;
  /**
   * `resource` is the full name of the resource, or of what the operation makes or changes if that is
   * known: "//spanner.googleapis.com/projects/p/instances/i".
   */
  resource?: string;
  /**
   * `key` is the key that marks it, "" for an operation that bears none.
   */
  key?: string;
  /**
   * `since` is when the operation began or the resource was made, by the service's clock. Zero if it
   * does not say.
   */
  since?: string;
  /**
   * `state` is the resource's, in the service's word. "" for an operation, and if there is none.
   */
  state?: string;
  /**
   * `delete` is the request that deletes the resource, such as "DELETE
   * https://spanner.googleapis.com/v1/projects/p/instances/i". Its host is the one that the worker
   * reaches the service at. "" if no request is known. A sweep never sends it.
   */
  delete?: string;
  /**
   * `withoutAuthentication` says that the worker sends no credentials to the service, so that `delete`
   * takes none.
   */
  withoutAuthentication?: boolean;
  /**
   * `class` says whose it is, `why` says it in words.
   */
  class: string;
  /**
   * `class` says whose it is, `why` says it in words.
   */
  why: string;
  /**
   * `workflowId`, `runId` and `status` are those of the workflow whose key it bears, or of the wait that
   * has left it, "" if it is unknown.
   */
  workflowId?: string;
  /**
   * `workflowId`, `runId` and `status` are those of the workflow whose key it bears, or of the wait that
   * has left it, "" if it is unknown.
   */
  runId?: string;
  /**
   * `workflowId`, `runId` and `status` are those of the workflow whose key it bears, or of the wait that
   * has left it, "" if it is unknown.
   */
  status?: string;
  /**
   * `action` is what the policy does about it.
   */
  action: string;
  /**
   * `result` is what became of an action: "adopted"; for a cancel what the service answered, a
   * cancels.Result, or "undelivered"; "failed" with the `problem`.
   */
  result?: string;
  /**
   * `problem` is why the action failed.
   */
  problem?: string;
  /**
   * `awaiter` is the id of the workflow that awaits an adopted operation.
   */
  awaiter?: string;
}
/**
 * SweepProblem is why a place could not be looked at.
 *
 * `status` is the service's answer, or why nothing was sent.
 */
export interface SweepProblem {
  /**
   * `place` is its full name.
   */
  place: string;
  status: Status;
}
/**
 * UndoInput is the input of the workflow UndoOperation: that of the RunOperation, and what is known of
 * its end. In JSON the outcome stands beside the fields of a RunInput. Without an Outcome, `key` or
 * `workflowId` is required: the undo of a run that had neither names that run's own workflow.
 * `startTimeout` bounds a look. Not read are `holdFor`, `timeout`, `deadlinePolicy`, `cancelPolicy`,
 * `failWhenCanceled` and `deleteWhenDone`.
 *
 * `request` is the method's request. Default: empty.
 *
 * `policy` says when to poll.
 *
 * `outcome` is the result of the RunOperation. Its operation has to be one of `method` and `target`.
 * Absent if it is not known: the undo then looks for what bears the key. Without an outcome it neither
 * cancels nor deletes what nothing marks.
 */
export interface UndoInput {
  /**
   * `method` is the id of the API's method in awaitop's catalog, such as
   * "alloydb.projects.locations.clusters.create". With "notebooks/v2:" in front it is that of one
   * version. Required.
   */
  method: string;
  /**
   * `target` is the name of what the method makes or changes. Required.
   */
  target: string;
  request?: RunRequest;
  /**
   * `key` tells what the step starts from all else. It is a text of the caller's, up to 1,000 bytes,
   * that no other step has, such as an order's number and the step's name. Default: the key is made of
   * `workflowId`.
   */
  key?: string;
  /**
   * `workflowId` and `firstRunId` name the caller's workflow, as its SDK tells them
   * ("firstExecutionRunId" in TypeScript). The key is then made of them and of `step`, as for a step of
   * a workflow in Go: a retry and a reset of the caller find what it has started, and a sweep finds the
   * caller. Default: they are those of this workflow.
   */
  workflowId?: string;
  /**
   * `firstRunId` is the id of the first run of the caller's workflow, a UUID. Required with a
   * `workflowId`.
   */
  firstRunId?: string;
  /**
   * `runId` is the id of the caller's run. If it is another one than `firstRunId`, an earlier run may
   * have started the step. Default: none has.
   */
  runId?: string;
  /**
   * `since` is when the caller's first run began, or when `key` was first used: what is older is not the
   * caller's. Default: what `firstRunId` tells, or when this workflow began.
   */
  since?: string;
  /**
   * `step` is the step's name, which is part of the key. It must be the same in each retry of the
   * caller, and no other step of the caller may have it. Default: the method and the target.
   */
  step?: string;
  /**
   * `withoutUndo` leaves what the step has done. An operation in flight is canceled all the same. For a
   * method that makes nothing, it is required.
   */
  withoutUndo?: boolean;
  /**
   * `forceUndo` makes the undo delete the target with all that it holds, if the API's delete of it can
   * do that.
   */
  forceUndo?: boolean;
  /**
   * `undoWindow` is for how long the undo is tried, as SagaOptions.UndoWindow. Default 2 h.
   */
  undoWindow?: string;
  /**
   * `holdFor` is how long the workflow stays open after its success, for the update `awaitop.undo` or a
   * cancel to undo the step. Default 0: it closes at once. A run or execution timeout of the workflow
   * cuts it, by `endMargin` before it.
   */
  holdFor?: string;
  policy?: PollPolicy;
  /**
   * `timeout` is the time from the beginning of the wait to its deadline. 0 for none. The last poll
   * comes a second before the deadline.
   */
  timeout?: string;
  /**
   * `deadlinePolicy` is what the deadline does. Default `leaveRunning`.
   */
  deadlinePolicy?: 'leaveRunning' | 'cancel';
  /**
   * `cancelPolicy` is what a cancellation does. Default `cancel`.
   */
  cancelPolicy?: 'cancel' | 'abandon';
  /**
   * `failWhenCanceled` makes a wait that is canceled or abandoned fail with `OperationCanceled`, whose
   * details are the Outcome, instead of the CanceledError that has the Outcome as its details. It is for
   * callers whose SDK drops those details: the parent of a child workflow in TypeScript and Python
   * learns nothing else of the operation. The caller's own workflow then fails unless it handles the
   * failure.
   */
  failWhenCanceled?: boolean;
  /**
   * `cancelGrace` bounds the delivery of a cancel, and again how long the operation is awaited after it.
   * Default 10 min.
   */
  cancelGrace?: string;
  /**
   * `endMargin` is how long before an execution or run timeout of the workflow the wait ends by itself,
   * in `AwaitTimeout`: Temporal would end the workflow without running its code. The `deadlinePolicy`
   * counts then. `cancelGrace` is cut to the margin less 30 s, or to half of a margin under a minute.
   * Default 10% of the timeout, at most 10 min. Without such a timeout it means nothing.
   */
  endMargin?: string;
  /**
   * `authGrace` is for how long 401 and 403 in a row are retried once the operation was seen, because a
   * change of IAM takes minutes to spread. Any other answer, such as a 503, starts it afresh. A 403 with
   * the reason SERVICE_DISABLED is retried before, too, because the API may have been enabled a moment
   * ago. Default 1 h.
   */
  authGrace?: string;
  /**
   * `notFoundGrace` is for how long a 404, or another 4xx without a google.rpc.Status, is retried before
   * the operation was seen. It holds for the service's own 404 at a cancel, too. Default 1 min.
   */
  notFoundGrace?: string;
  /**
   * `heartbeatTimeout` is how soon the Temporal server notices that a worker died while it held a poll.
   * Default 30 s.
   */
  heartbeatTimeout?: string;
  /**
   * `progressInterval` is how often a poll reports the operation's state to the workflow, for its query
   * and the Web UI. The report comes with the first read after the interval and costs six history
   * events. At least 10 s. 0 for never; control.Describe shows progress without it. A wait inline in
   * another workflow reports nothing once the workflow's history has 30,000 events.
   */
  progressInterval?: string;
  /**
   * `searchAttributes` sets `AwaitopOperation` and, in an AwaitOperation, `AwaitopState` and
   * `AwaitopPercent`. The namespace has to have them, or the workflow gets stuck. An AwaitOperation that
   * Start starts has them without further events; an inline wait takes two events.
   */
  searchAttributes?: boolean;
  /**
   * `deleteWhenDone` deletes the operation's record once it is terminal and its result fits. A delete
   * that fails never fails the wait.
   */
  deleteWhenDone?: boolean;
  /**
   * `taskQueue` is where polls run, such as the queue of a fleet of awaitop workers that alone have the
   * cloud's credentials. Default the workflow's own.
   */
  taskQueue?: string;
  /**
   * `controlTaskQueue` is where cancels and deletes run. Default `taskQueue`.
   */
  controlTaskQueue?: string;
  /**
   * `startTimeout` bounds all attempts to start. Default 10 min.
   */
  startTimeout?: string;
  /**
   * `attemptTimeout` bounds one attempt, and so how soon another worker takes over from one that died.
   * Default 1 min.
   */
  attemptTimeout?: string;
  /**
   * `quarantine` is how long a request may still act after its attempt has ended. If a start was
   * canceled, or may or may not have happened, the step looks for the operation at once, and again after
   * the quarantine. Default 1 min.
   */
  quarantine?: string;
  outcome?: RunOutcome;
}
/**
 * UndoOutcome is what an undo has done.
 *
 * `outcome` is the operation after the undo. Its Cancellation says what became of a cancel. It is zero
 * if there was no operation.
 */
export interface UndoOutcome {
  outcome?: Outcome;
  /**
   * `target` is that of the input.
   */
  target: string;
  /**
   * `removal` is what became of the target.
   */
  removal: string;
}
/**
 * StopInput is the input of `awaitop.cancel` and `awaitop.abandon`.
 */
export interface StopInput {
  /**
   * `reason` is shown in the history and in the Outcome. At most 1 KiB.
   */
  reason?: string;
}
/**
 * WaitStatus is what an AwaitOperation workflow knows of its wait. The heartbeats of its poll tell the
 * progress, and workflow code cannot read them: control.Describe shows both.
 *
 * `input` is the wait's input with the defaults and with what updates have changed. If
 * `initialInterval` is zero, the operation's method decides.
 *
 * `outcome` holds the operation's last state that has reached the workflow, and what became of a
 * cancel so far.
 */
export interface WaitStatus {
  input: AwaitInputByWorker;
  /**
   * `phase` is how far the wait has come.
   */
  phase: string;
  /**
   * `deadline` is when the wait ends by itself, because of its Timeout or because a timeout of the
   * workflow is near. Zero for never.
   */
  deadline?: string;
  outcome: Outcome;
}
/**
 * A AwaitInput as workers write it. It is open: a later release may add fields.
 *
 * `resume` is absent for a new wait.
 */
export interface AwaitInputByWorker {
  ref?: string;
  policy?: PollPolicyByWorker;
  timeout?: string;
  deadlinePolicy?: string;
  cancelPolicy?: string;
  failWhenCanceled?: boolean;
  cancelGrace?: string;
  endMargin?: string;
  authGrace?: string;
  notFoundGrace?: string;
  heartbeatTimeout?: string;
  progressInterval?: string;
  searchAttributes?: boolean;
  deleteWhenDone?: boolean;
  taskQueue?: string;
  controlTaskQueue?: string;
  operation?: Operation;
  resume?: Resume;
  /**
   * origin says who wrote an AwaitInput in JSON, "" for a user. A user's input is read strictly. The
   * input that a worker passes on, to a child or to the next run, may hold fields of a newer release.
   * They are ignored, and the wait goes on without them.
   */
  origin?: string;
}
/**
 * A PollPolicy as workers write it. It is open: a later release may add fields.
 */
export interface PollPolicyByWorker {
  initialInterval?: string;
  coefficient?: number;
  maximumInterval?: string;
  maximumEstimate?: string;
  yieldInterval?: string;
  ignoreProgress?: boolean;
}
/**
 * Resume carries a wait on in the next run of its workflow. AwaitOperation sets it when it continues
 * as new.
 */
export interface Resume {
  /**
   * `startTime` is when the wait began, within lro.MaxDuration of the workflow's time.
   */
  startTime: string;
  /**
   * `polls` is how many reads were made, 0 to 2^53.
   */
  polls?: number;
  /**
   * `seen` says that the service has returned the operation.
   */
  seen?: boolean;
}
/**
 * SetDeadlineInput is the input of `awaitop.setDeadline`. Exactly one of its fields is set.
 */
export interface SetDeadlineInput {
  /**
   * `deadline` is the new deadline.
   */
  deadline?: string;
  /**
   * `in` is the time from the update to the new deadline.
   */
  in?: string;
  /**
   * `none` lifts the deadline.
   */
  none?: boolean;
}
/**
 * SetPolicyInput is the input of `awaitop.setPolicy`.
 *
 * `policy` replaces the wait's. Zero fields are its defaults. In JSON it is required; {} is the
 * default policy.
 */
export interface SetPolicyInput {
  policy: PollPolicy;
}
/**
 * RunStatus is the answer of a RunOperation or an UndoOperation to `awaitop.runStatus`.
 */
export interface RunStatus {
  phase: string;
  /**
   * `method` and `target` are those of the input.
   */
  method: string;
  /**
   * `method` and `target` are those of the input.
   */
  target: string;
  /**
   * `step` is the step's name, that of the input or its default.
   */
  step?: string;
  /**
   * `ref` is the operation, "" before it has been started, or found for its undo.
   */
  ref?: string;
  /**
   * `startTime` is when the wait for the operation began.
   */
  startTime?: string;
  /**
   * `adopted` is that of the RunOutcome. It is false in an UndoOperation.
   */
  adopted?: boolean;
  /**
   * `holdUntil` is when a run that holds closes with its result. Zero in the other phases.
   */
  holdUntil?: string;
}
/**
 * Failure is why a wait failed. It is the one struct in the details of the temporal.ApplicationError
 * that activities.NewError makes and AsFailure reads.
 *
 * `operation` is the terminal operation. If the wait ended first, it is the running operation as a
 * poll last reported it to the workflow. A held poll reports at its end, and at each
 * `progressInterval`. A poll that is cut off, for example by an abandon, does not report. So
 * `operation` may be empty although the operation was read.
 *
 * `cancelStatus` is why a cancel was not delivered, or may not have been, if that is known.
 *
 * `pollError` is why the state could not be read, for `PollFailed` and `ProtocolError`. For
 * `AwaitTimeout` it is why the last read failed, absent if it did not.
 *
 * `startError` is why the operation was not started, for `StartFailed`.
 *
 * `set` counts the operations of a set by their states, for the failure of a set, and is absent for
 * others.
 *
 * `cause` is why the saga undid its steps, for `CompensationFailed`.
 */
export interface Failure {
  /**
   * `ref` names the operation. It is zero if the caller gave the operation done and without a name.
   */
  ref?: string;
  operation: Operation;
  /**
   * `polls` counts the reads that were reported to the workflow. It is a lower bound: the reads of a
   * worker that died, or of a poll that was cut off, are missing. At most MaxPolls.
   */
  polls: number;
  /**
   * `startTime` and `endTime` enclose the wait, in the Temporal server's clock.
   */
  startTime?: string;
  /**
   * `startTime` and `endTime` enclose the wait, in the Temporal server's clock.
   */
  endTime?: string;
  /**
   * `cancellation` says what became of a cancel, "" if there was none.
   */
  cancellation?: string;
  cancelStatus?: Status;
  /**
   * `cancelReason` is the reason that an update gave for canceling or abandoning the wait, "" without
   * one.
   */
  cancelReason?: string;
  /**
   * `deletion` says what became of `deleteWhenDone`, "" if it was not requested.
   */
  deletion?: string;
  pollError?: Status;
  /**
   * `field` and `value` name the refused field and its value, for `InvalidInput`, `NotAllowed` and
   * `WaitNotFound`. `field` is the path in JSON, such as "policy.coefficient" or "refs[3]", and "input"
   * for the whole. For `NotAllowed` it may be "caller" or "operation", which are no fields.
   */
  field?: string;
  /**
   * `field` and `value` name the refused field and its value, for `InvalidInput`, `NotAllowed` and
   * `WaitNotFound`. `field` is the path in JSON, such as "policy.coefficient" or "refs[3]", and "input"
   * for the whole. For `NotAllowed` it may be "caller" or "operation", which are no fields.
   */
  value?: string;
  /**
   * `reason` says what is wrong with `value`, if there is a `field`. For `AwaitTimeout` it names the
   * workflow's own timeout that was near, "" if the wait's deadline came.
   */
  reason?: string;
  /**
   * `removal` says what became of the target, one of `resources`, for `OperationCanceled` of a run that
   * was undone: as in an UndoOutcome of package workflows.
   */
  removal?: string;
  startError?: Status;
  /**
   * `mayRun` says, for `StartFailed`, that the call may have started an operation all the same.
   */
  mayRun?: boolean;
  /**
   * `resources` has names, by the type of the failure:
   *
   * - `CompensationFailed`: the resources that could not be undone, once each, with those that sagas
   * inside left. Where steps of two services share a name, it is "//SERVICE/NAME"
   * - `StartFailed`: the resource that was to be made or changed
   * - `OperationCanceled` of a run that was undone: its target
   * - `PollFailed` and `ProtocolError` without a Ref: the collection that could not be listed
   * - the failure of a set: the operations that were left running
   */
  resources?: string[];
  set?: SetCounts;
  /**
   * `resourcesOmitted` counts the resources that `resources` does not name, because they do not fit
   * MaxEncodedSize or are beyond a set's first 100.
   */
  resourcesOmitted?: number;
  /**
   * `undoErrors` has the reasons, one for each of `resources` in their order, for `CompensationFailed`.
   * If names take all the room, only the first resources have a reason. A reason is "" if a saga inside
   * gave none.
   */
  undoErrors?: string[];
  cause?: Cause;
  /**
   * `code` is the failure's code by name, such as "FAILED_PRECONDITION".
   */
  code?: string;
  /**
   * `retryable` says that starting the step again can help, since the operation itself failed, and by a
   * code that may pass.
   */
  retryable?: boolean;
  /**
   * `retryAfter` is how long the service asks to wait first.
   */
  retryAfter?: string;
}
/**
 * SetCounts counts the operations of a set by their states.
 */
export interface SetCounts {
  succeeded: number;
  failed: number;
  canceled: number;
  running: number;
}
/**
 * Cause is an error as data. A failure must not have it in its chain, because Temporal takes a failure
 * for what its chain holds: a workflow that fails with a CanceledError in the chain closes as canceled
 * and loses its own failure.
 *
 * `status` is the failure's, absent without one.
 */
export interface Cause {
  /**
   * `type` is the failure's type as on the wire, such as "OperationFailed.ABORTED", or another
   * ApplicationError's, or "".
   */
  type?: string;
  /**
   * `message` is the error's text, on one line.
   */
  message: string;
  /**
   * `canceled` is true for a cancellation.
   */
  canceled?: boolean;
  /**
   * `operation` is the text form of the Ref the error was about, "" for none.
   */
  operation?: string;
  status?: Status;
}
