import { ApplicationFailure, CancellationScope, CancelledFailure, executeChild, workflowInfo } from '@temporalio/workflow';
import { failureOf, lossless } from './awaitop.js';
import type { Failure, RunInput, RunOutcome, UndoInput } from './contract.js';

/** What a step makes: the API's method, the resource's name, the request, and how to await it. */
export type Step = Omit<RunInput, 'key' | 'workflowId' | 'firstRunId' | 'runId' | 'failWhenCanceled'>;

/** What could not be undone, and why. */
interface Left {
  name: string;
  why: string;
}

/**
 * Runs steps one after the other. If one fails, or if the workflow is canceled, all that was made is undone, the last
 * first. What could not be undone is named by a CompensationFailed. The result is the names of what was made.
 */
export async function saga(steps: Step[], taskQueue: string): Promise<string[]> {
  const { workflowId, firstExecutionRunId: firstRunId, runId } = workflowInfo();
  const begun: UndoInput[] = [];
  try {
    for (const step of steps) {
      const input: RunInput = { ...step, workflowId, firstRunId, runId, failWhenCanceled: true };
      begun.push(input);
      const outcome: RunOutcome = await executeChild('awaitop.RunOperation', {
        args: [input], workflowId: childOf(workflowId, step), taskQueue, ...lossless,
      });
      begun.splice(-1, 1, { ...input, outcome });
    }
    return steps.map(({ target }) => target);
  } catch (error) {
    // A step that fails has undone itself, and one that an earlier attempt has begun does so. One that was terminated
    // has not.
    if (failureOf(error) || isStarted(error)) begun.pop();
    const left = [...namedBy(error), ...(await CancellationScope.nonCancellable(() => undo(begun, taskQueue)))];
    if (left.length > 0) throw compensationFailed(left, error);
    throw CancellationScope.current().consideredCancelled ? new CancelledFailure('canceled, and nothing is left') : error;
  }
}

/**
 * The id of a step's workflow. A retry of the saga cannot start a step that an earlier attempt has begun, until that has
 * undone what it did.
 */
function childOf(workflowId: string, step: Step): string {
  return `${workflowId}/${step.step ?? `${step.method} ${step.target}`}`;
}

/** Whether a child was not started because one of its id runs. The SDK exports no type of this error to workflows. */
function isStarted(error: unknown): boolean {
  return error instanceof Error && error.name === 'WorkflowExecutionAlreadyStartedError';
}

/** Undoes what steps have made, the last first, also after an undo that fails. It returns what is left. */
async function undo(begun: UndoInput[], taskQueue: string): Promise<Left[]> {
  const left: Left[] = [];
  for (const input of begun.toReversed()) {
    try {
      await executeChild('awaitop.UndoOperation', { args: [input], taskQueue, ...lossless });
    } catch (error) {
      const named = namedBy(error); // none if it was terminated, timed out or refused
      left.push(...(named.length > 0 ? named : [{ name: input.target, why: reasonOf(error) }]));
    }
  }
  return left;
}

/** What a CompensationFailed names. */
function namedBy(error: unknown): Left[] {
  const failure = failureOf(error);
  if (failure?.type !== 'CompensationFailed') return [];
  const { resources = [], undoErrors = [] } = failure.details;
  return resources.map((name, i) => ({ name, why: undoErrors[i] ?? '' }));
}

/** The innermost message: those around it say only that a child has failed. */
function reasonOf(error: unknown): string {
  return error instanceof Error ? (error.cause ? reasonOf(error.cause) : error.message) : String(error);
}

/** A failure as awaitop's own, so that callers in any SDK read it alike. */
function compensationFailed(left: Left[], cause: unknown): ApplicationFailure {
  const details: Failure = { operation: {}, polls: 0, resources: left.map(({ name }) => name), undoErrors: left.map(({ why }) => why) };
  return ApplicationFailure.create({
    type: 'CompensationFailed',
    message: `could not undo ${left.map(({ name, why }) => `${name} (${why})`).join(', ')}`,
    nonRetryable: true,
    details: [details],
    cause: cause as Error,
  });
}
