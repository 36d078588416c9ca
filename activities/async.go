package activities

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
)

const (
	// reportsAtOnce is how many polls tell at once how they ended: it takes a
	// deep stack, and thousands may end together.
	reportsAtOnce = 128
	// beatTimeout and endTimeout bound calls to the Temporal server. The SDK gives
	// half of it to a request, and tries again in the other half.
	beatTimeout = 10 * time.Second
	endTimeout  = 20 * time.Second
)

// errForgotten ends an attempt that the Temporal server does not know any more.
var errForgotten = errors.New("the activity is no longer awaited")

// asyncPolls are the polls whose activities have returned: they are held without a
// slot, and completed by their task tokens.
type asyncPolls struct {
	places  chan struct{} // a semaphore; nil for none
	reports chan struct{} // another
	hearts  *hearts

	mu     sync.Mutex
	polls  map[*attempt]bool
	closed bool
	all    sync.WaitGroup
}

// admit takes a place for a poll, if there is one. There is none without a heartbeat
// timeout, by which the server would miss it.
func (s *asyncPolls) admit(ctx context.Context) bool {
	if activity.GetInfo(ctx).HeartbeatTimeout == 0 {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	select {
	case s.places <- struct{}{}: // blocks forever on nil
		s.all.Add(1)
		return true
	default:
		return false
	}
}

// enter lets an admitted poll be told to hand over, now if all have been.
func (s *asyncPolls) enter(t *attempt) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.polls[t] = true
	if s.closed {
		t.stop(worker.ErrWorkerShutdown)
	}
}

func (s *asyncPolls) leave(t *attempt) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.polls, t)
	s.all.Done()
}

// HandOver hands the polls that are held without an activity slot back to the
// Temporal server, for other workers to go on, and returns when it has been told
// of all. If ctx is done first it returns its error. What the server could not be
// told it notices by the heartbeat timeout. Call it once, when the worker stops;
// the plugin of package worker does. From then on none is held without a slot.
func (a *Activities) HandOver(ctx context.Context) error {
	s := &a.async
	s.mu.Lock()
	s.closed = true
	for t := range s.polls {
		t.stop(worker.ErrWorkerShutdown)
	}
	s.mu.Unlock()
	handed := make(chan struct{})
	go func() {
		s.all.Wait()
		close(handed)
	}()
	select {
	case <-handed:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// startAsync begins an admitted poll.
func (a *Activities) startAsync(ctx context.Context, in *PollInput) {
	w := a.newWatch(ctx, *in, a.async.places)
	a.async.enter(w.attempt)
	go a.pollAsync(w)
}

// pollAsync goes on with a poll whose activity has returned, to its end.
func (a *Activities) pollAsync(w *watch) {
	defer a.async.leave(w.attempt)
	err := w.runAsync()
	w.member.Leave()
	w.report(err)
	w.close(err)
}

// runAsync has a panic fail the attempt, as the SDK does, and not the worker.
func (w *watch) runAsync() (err error) {
	defer func() {
		if p := w.recovered(recover()); p != nil {
			err = p
		}
	}()
	return w.run()
}

// recovered logs a panic and makes it an error.
func (w *watch) recovered(p any) error {
	if p == nil {
		return nil
	}
	activity.GetLogger(w.ctx).Error("Activity panic.", "panic", p, "stack", string(debug.Stack()))
	return fmt.Errorf("panic: %v", p)
}

// report says how the attempt ended, when it is its turn. What cannot be encoded,
// as the heartbeat timeout of what could not be told, is for the next attempt.
func (w *watch) report(err error) {
	if errors.Is(context.Cause(w.ctx), errForgotten) {
		return
	}
	w.async.reports <- struct{}{}
	defer func() {
		<-w.async.reports
		_ = w.recovered(recover())
	}()
	if isHandBack(err) {
		w.heart.flush()
	}
	w.heart.stop() // a beat after the end would be refused
	w.complete(w.out, err)
}

// complete tells the server how the attempt ended. If it cannot be told, the
// heartbeat timeout ends the attempt, and the next one reads the operation again.
func (t *attempt) complete(out any, err error) {
	info := activity.GetInfo(t.ctx)
	options := client.CompleteActivityOptions{
		TaskToken: info.TaskToken, Result: out, Err: err,
		Namespace: info.Namespace, WorkflowID: info.WorkflowExecution.ID, TaskQueue: info.TaskQueue,
		WorkflowType: workflowType(info), ActivityType: info.ActivityType.Name,
	}
	if errors.Is(err, context.Canceled) {
		options.Err = temporal.NewCanceledError()
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.ctx), endTimeout)
	defer cancel()
	if err := activity.GetClient(ctx).CompleteActivityWithOptions(ctx, options); err != nil && !isForgotten(err) {
		activity.GetLogger(ctx).Warn("The end of a poll could not be told; another attempt will read the operation again.", "error", err)
	}
}

// heartbeat sends the server a record, and learns from its reply whether to go on.
func (t *attempt) heartbeat(details any) error {
	return beatDirectly(t.ctx, details, min(beatTimeout, activity.GetInfo(t.ctx).HeartbeatTimeout/4), t.stop)
}

// beatDirectly sends the server a record at once, past the SDK. Where the reply says
// that the attempt is to end, stop is called with why.
func beatDirectly(ctx context.Context, details any, timeout time.Duration, stop context.CancelCauseFunc) error {
	info := activity.GetInfo(ctx)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeout)
	defer cancel()
	err := activity.GetClient(ctx).RecordActivityHeartbeatWithOptions(ctx, client.RecordActivityHeartbeatOptions{
		TaskToken: info.TaskToken, Details: []any{details},
		Namespace: info.Namespace, WorkflowID: info.WorkflowExecution.ID, TaskQueue: info.TaskQueue,
		WorkflowType: workflowType(info), ActivityType: info.ActivityType.Name,
	})
	switch {
	case isForgotten(err):
		err = errForgotten
	case temporal.IsCanceledError(err):
		err = context.Canceled
	case errors.Is(err, activity.ErrActivityPaused), errors.Is(err, activity.ErrActivityReset):
	default:
		return err
	}
	stop(err)
	return nil
}

// workflowType is "" of an activity that no workflow started.
func workflowType(info activity.Info) string {
	if info.WorkflowType == nil {
		return ""
	}
	return info.WorkflowType.Name
}

func isForgotten(err error) bool {
	var gone *serviceerror.NotFound
	return errors.As(err, &gone)
}
