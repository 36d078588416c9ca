import { ApplicationFailure, type ChildWorkflowOptions } from '@temporalio/workflow';
import type { Failure } from './contract.js';

/**
 * Child options with which no operation is lost. By default a parent that closes terminates its children, and a
 * terminated wait sends no cancel.
 */
export const lossless = {
  parentClosePolicy: 'REQUEST_CANCEL',
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
} satisfies ChildWorkflowOptions;

/** A failure of awaitop: its type, such as "OperationFailed.FAILED_PRECONDITION", and its details. */
export interface TypedFailure {
  type: string;
  message: string;
  details: Failure;
}

/** The failure of awaitop in an error, at any depth: below a child workflow, a Nexus operation, a client's error. */
export function failureOf(error: unknown): TypedFailure | undefined {
  if (!(error instanceof Error)) return undefined;
  const details = error instanceof ApplicationFailure ? (error.details?.[0] as Failure | undefined) : undefined;
  if (!(error instanceof ApplicationFailure) || !details?.operation) return failureOf(error.cause);
  return { type: error.type ?? '', message: error.message, details };
}
