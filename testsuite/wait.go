package testsuite

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"github.com/awaitop/awaitop/lro"
)

// Waits implements [lro.OperationWaiter]: it is Options.Waits for operations of the service.
func (s *Service) Waits(ref lro.Ref) bool {
	return s.options.Waits && ref.Service == s.options.Service
}

// WaitOperation implements [lro.OperationWaiter]. The timeout is on the service's clock. Without
// Options.Waits the error is UNIMPLEMENTED.
func (s *Service) WaitOperation(ctx context.Context, ref lro.Ref, timeout time.Duration) (lro.Operation, error) {
	if err := ref.Validate(); err != nil {
		return lro.Operation{}, err
	}
	if !s.options.Waits {
		return lro.Operation{}, failed(lro.CodeUnimplemented, "the service has no WaitOperation").err(MethodWait)
	}
	body, err := s.call(ctx, MethodWait, "ref", ref.Service, ref.Name, url.Values{"timeout": {timeout.String()}})
	if err != nil {
		return lro.Operation{}, err
	}
	return parseOperation(MethodWait, body)
}

// cutWait cuts the end of a wait's path: the ":wait" of most services, or Compute Engine's "/wait".
func cutWait(name string) (operation string, ok bool) {
	if operation, ok = strings.CutSuffix(name, ":wait"); ok {
		return operation, true
	}
	return strings.CutSuffix(name, "/wait")
}

// timeout is the timeout of a wait, in its URL or body: at most 2 minutes, which is what a wait without
// one takes.
func (r request) timeout() time.Duration {
	var fields struct {
		Timeout lro.Duration `json:"timeout"`
	}
	_ = json.Unmarshal(r.body, &fields) // none, if it is no JSON
	asked, err := fields.Timeout.In("timeout")
	if inURL, errInURL := time.ParseDuration(r.args.Get("timeout")); errInURL == nil {
		asked, err = inURL, nil
	}
	if err != nil || asked <= 0 {
		return lro.MaxWaitTimeout
	}
	return min(asked, lro.MaxWaitTimeout)
}

// sleeper is a wait under way.
type sleeper struct{ wake context.CancelFunc }

// sleepThrough sleeps until the operation has ended or the wait's timeout is over. The error is ctx's.
func (s *Service) sleepThrough(ctx context.Context, r request, d disturbance) error {
	until := s.clock.Now().Add(r.timeout())
	for !d.effect.early && ctx.Err() == nil {
		sleeping, wake := context.WithCancel(ctx)
		left, forget := s.untilNews(r.name, until, &sleeper{wake})
		if left > 0 {
			_ = s.clock.Sleep(sleeping, left) // woken up or not, it looks again
		}
		forget()
		wake()
		if left <= 0 {
			break
		}
	}
	return ctx.Err()
}

// untilNews is how long a wait sleeps before it looks at the operation again: 0 or less if its time is
// over, or the operation has ended. The sleeper is woken by whatever changes the operation's end, until
// forget is called.
func (s *Service) untilNews(name string, until time.Time, by *sleeper) (left time.Duration, forget func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now, op := s.clock.Now(), s.operations[name]
	if op == nil || !op.visible(now) || !op.running(now) {
		return 0, func() {}
	}
	if op.sleepers == nil {
		op.sleepers = map[*sleeper]bool{}
	}
	op.sleepers[by] = true
	return op.news(now, until).Sub(now), func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(op.sleepers, by)
	}
}

// news is when a running operation ends by its script or by a cancel, at most until.
func (o *operation) news(now, until time.Time) time.Time {
	if end := o.startTime.Add(o.script.RunsFor); end.After(now) && o.script.End.kind != endNever && o.script.Polls == 0 && end.Before(until) {
		until = end
	}
	if o.effectTime.After(now) && o.effectTime.Before(until) {
		until = o.effectTime
	}
	return until
}

// wake wakes the waits for the operation.
func (o *operation) wake() {
	for sleeper := range o.sleepers {
		sleeper.wake()
	}
}
