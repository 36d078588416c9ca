import { ApplicationFailure, CancellationScope, CancelledFailure, executeChild, workflowInfo } from '@temporalio/workflow';
import { failureOf, lossless } from './awaitop.js';
import type { RunInput, RunOutcome, UndoInput } from './contract.js';

/** What a step makes: the API's method, the resource's name, the request, and how to await it. */
export type Step = Omit<RunInput, 'key' | 'workflowId' | 'firstRunId' | 'runId' | 'failWhenCanceled'>;

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
      const outcome: RunOutcome = await executeChild('awaitop.RunOperation', { args: [input], taskQueue, ...lossless });
      begun.splice(-1, 1, { ...input, outcome });
    }
    return steps.map(({ target }) => target);
  } catch (error) {
    if (failureOf(error)) begun.pop(); // a step that fails has undone itself
    const left = [...leftBy(error), ...(await CancellationScope.nonCancellable(() => undo(begun, taskQueue)))];
    if (left.length > 0) throw compensationFailed(left, error);
    throw CancellationScope.current().consideredCancelled ? new CancelledFailure('canceled, and nothing is left') : error;
  }
}

/** Undoes what steps have made, the last first, and returns the names of what is left. */
async function undo(begun: UndoInput[], taskQueue: string): Promise<string[]> {
  const left: string[] = [];
  for (const input of begun.toReversed()) {
    try {
      await executeChild('awaitop.UndoOperation', { args: [input], taskQueue, ...lossless });
    } catch (error) {
      left.push(...leftBy(error));
    }
  }
  return left;
}

/** The names of what a run or an undo has left. */
function leftBy(error: unknown): string[] {
  const failure = failureOf(error);
  return failure?.type === 'CompensationFailed' ? (failure.details.resources ?? []) : [];
}

function compensationFailed(left: string[], cause: unknown): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'CompensationFailed',
    message: `could not undo ${left.join(', ')}`,
    details: [{ resources: left }],
    cause: cause as Error,
  });
}
