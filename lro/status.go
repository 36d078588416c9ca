package lro

import (
	"encoding/json"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/protobuf/proto"
)

// Status is a google.rpc.Status. Details are google.protobuf.Any messages in
// JSON, each with its "@type"; types unknown to this program are kept too.
type Status struct {
	Code    Code              `json:"code"`
	Message string            `json:"message,omitempty"`
	Details []json.RawMessage `json:"details,omitempty"`
}

// String returns the code and the message, on one line of 1 KiB at most:
// "NOT_FOUND: no such database".
func (s Status) String() string { return s.line() }

// StatusDetail returns the first detail of s that is a T, such as
// *errdetails.PreconditionFailure, and whether there was one. A detail of that
// type that does not decode counts as absent.
func StatusDetail[T proto.Message](s Status) (T, bool) {
	var none T
	want := none.ProtoReflect().Descriptor().FullName()
	for _, raw := range s.Details {
		if typeName(raw) != want {
			continue
		}
		if message, err := Decode[T](raw); err == nil {
			return message, true
		}
	}
	return none, false
}

// Reason returns the reason and domain of the Status's ErrorInfo, such as
// RATE_LIMIT_EXCEEDED and googleapis.com, both "" without one.
func (s Status) Reason() (reason, domain string) {
	info, ok := StatusDetail[*errdetails.ErrorInfo](s)
	if !ok {
		return "", ""
	}
	return info.GetReason(), info.GetDomain()
}

// RetryDelay returns the delay of the Status's RetryInfo, and whether it has one.
func (s Status) RetryDelay() (time.Duration, bool) {
	info, ok := StatusDetail[*errdetails.RetryInfo](s)
	if !ok || info.GetRetryDelay() == nil {
		return 0, false
	}
	return max(info.GetRetryDelay().AsDuration(), 0), true
}
