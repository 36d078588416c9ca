package activities

// CancelResult says what the service answered to a cancel request.
type CancelResult string

// The answers to a cancel request.
const (
	// CancelDelivered: accepted. The operation may still end in any way.
	CancelDelivered CancelResult = "delivered"
	// CancelUnsupported: the service has no cancel (UNIMPLEMENTED).
	CancelUnsupported CancelResult = "unsupported"
	// CancelGone: 404 until the grace was over. The service has no such operation, or its
	// collection has no cancel.
	CancelGone CancelResult = "gone"
	// CancelRefused: refused for good, for example for lack of a permission. Or the answer was a
	// success that is too large to be read, and Sent says that the cancel may have been accepted.
	// For a set, also not delivered in time.
	CancelRefused CancelResult = "refused"
	// CancelEnded: the operation had ended, and this attempt sent no cancel. Only for a set.
	CancelEnded CancelResult = "ended"
)
