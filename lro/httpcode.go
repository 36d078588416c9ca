package lro

// httpCodes pairs codes with HTTP statuses by the comments of
// google/rpc/code.proto, and with the statuses that proxies send. A code has the
// status of its first pair. A status has the code of its first pair: the code
// that promises least, so that 409 is ABORTED and not ALREADY_EXISTS.
var httpCodes = []struct {
	code Code
	http int
}{
	{CodeInvalidArgument, 400}, {CodeFailedPrecondition, 400}, {CodeOutOfRange, 400},
	{CodeUnauthenticated, 401},
	{CodePermissionDenied, 403},
	{CodeNotFound, 404},
	{CodeAborted, 409}, {CodeAlreadyExists, 409},
	{CodeResourceExhausted, 429},
	{CodeCanceled, 499}, // client closed request, of nginx and google.rpc
	{CodeInternal, 500}, {CodeUnknown, 500}, {CodeDataLoss, 500},
	{CodeUnimplemented, 501},
	{CodeUnavailable, 503},
	{CodeDeadlineExceeded, 504},
	// Those that proxies send.
	{CodeDeadlineExceeded, 408}, {CodeOutOfRange, 416}, {CodeUnavailable, 502},
}

// HTTPStatus returns the HTTP status that Google's APIs answer with the code: 200
// for OK, and 500 for a number that google.rpc does not define.
func (c Code) HTTPStatus() int {
	if c == CodeOK {
		return 200
	}
	for _, pair := range httpCodes {
		if pair.code == c.canonical() {
			return pair.http
		}
	}
	return 500
}

// CodeOfHTTP returns the code for the HTTP status of an error that names no code.
// If several codes share a status, it is the code that promises least. A status
// that is not listed is UNKNOWN, which is transient.
func CodeOfHTTP(status int) Code {
	for _, pair := range httpCodes {
		if pair.http == status {
			return pair.code
		}
	}
	return CodeUnknown
}
