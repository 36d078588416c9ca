package rest

// What tests and fuzzers reach beside the exported API.
var (
	ParseStatus = parseStatus
	ParsePage   = parsePage
	RetryAfter  = retryAfter
)
