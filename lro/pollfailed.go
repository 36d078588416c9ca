package lro

// PollFailed returns the failure of an operation that could not be read: TypePollFailed,
// TypeProtocolError if the reply is not an operation, or TypeInvalidInput if the client refused to
// send the request. ref may be zero.
func PollFailed(ref Ref, err error) Failure {
	switch Classify(err) {
	case ClassInvalid:
		return Invalid(ref, err)
	case ClassProtocol:
		return Failure{Type: TypeProtocolError, Outcome: Outcome{Ref: ref}, PollError: StatusOf(err)}
	default:
		return Failure{Type: TypePollFailed, Outcome: Outcome{Ref: ref}, PollError: StatusOf(err)}
	}
}
