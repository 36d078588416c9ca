package erratic

import (
	"context"
	"time"

	"github.com/awaitop/awaitop/lro"
)

// Waiter is a Client that is an lro.OperationWaiter, too. Its waits return early, late or in time,
// after some trouble.
type Waiter struct{ *Client }

var _ lro.OperationWaiter = Waiter{}

// Waits is true.
func (Waiter) Waits(lro.Ref) bool { return true }

// WaitOperation shows the operation once it has ended, a timeout is over, or at any other time.
func (w Waiter) WaitOperation(ctx context.Context, ref lro.Ref, timeout time.Duration) (lro.Operation, error) {
	err := w.trouble()
	held := min(timeout, max(w.ends[ref.Name]-time.Since(w.Began), 0))
	switch w.IntN(4) {
	case 0:
		held = 0
	case 1:
		held = w.Between(0, Patience)
	}
	timer := time.NewTimer(held)
	defer timer.Stop()
	select {
	case <-timer.C:
		return w.operation(ref.Name), err
	case <-ctx.Done():
		return lro.Operation{}, ctx.Err()
	}
}
