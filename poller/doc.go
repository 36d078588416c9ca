// Package poller makes every request of a process to operations APIs.
//
// A [Poller] keeps a [Budget] for each service and consumer, puts requests in the order of
// their [Priority], lets waits for one operation share a read, and answers many waits with
// one List. A wait uses three verbs of it:
//
//   - [Waiter.Subscribe] to an operation,
//   - [Subscription.ReadAt] says when to read it,
//   - [Waiter.Take] takes the answers.
//
// [Rules] decide after each answer when to read next. A [Schedule] is for programs that wait by
// themselves, without a Poller.
//
// The package knows nothing of Temporal: package activities does.
package poller
