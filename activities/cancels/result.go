package cancels

// Result says what the service answered to a cancel request.
type Result string

// The answers to a cancel request.
const (
	// Delivered: accepted. The operation may still end in any way.
	Delivered Result = "delivered"
	// Unsupported: the service has no cancel (UNIMPLEMENTED).
	Unsupported Result = "unsupported"
	// Gone: 404 until the grace was over. The service has no such operation, or its
	// collection has no cancel.
	Gone Result = "gone"
	// Refused: refused for good, for example for lack of a permission. Or the answer was a
	// success that is too large to be read, and Sent says that the cancel may have been accepted.
	// For a set, also not delivered in time.
	Refused Result = "refused"
	// Ended: the operation had ended, and this attempt sent no cancel. Only for a set.
	Ended Result = "ended"
)
