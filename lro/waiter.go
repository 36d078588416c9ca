package lro

import (
	"context"
	"time"
)

// MaxWaitTimeout is the longest timeout of an [OperationWaiter]. Compute Engine holds a wait no longer.
const MaxWaitTimeout = 2 * time.Minute

// OperationWaiter is what a [Client] may have beside its own methods, or a client that it wraps, see
// [ClientAs]: the wait of google.longrunning, a read that the service answers once the operation has
// ended. A Poller sends it in place of a scheduled read. The methods are safe for concurrent use.
type OperationWaiter interface {
	// Waits reports whether the operation's service has a wait. It sends nothing, and its result does
	// not change.
	Waits(ref Ref) bool
	// WaitOperation makes one request, without further tries. The service answers it once the
	// operation has ended or the timeout is over, or earlier. The timeout is more than 0 and at most
	// [MaxWaitTimeout]. A service that takes no timeout answers within MaxWaitTimeout. The call
	// returns at once when ctx is done. Its errors are those of GetOperation.
	WaitOperation(ctx context.Context, ref Ref, timeout time.Duration) (Operation, error)
}
