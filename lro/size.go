package lro

import "encoding/json"

// MaxEncodedSize bounds, in bytes of JSON, everything awaitop passes through
// Temporal. Temporal's own limit is 2 MiB a payload; a workflow whose result or
// failure is over it is terminated and compensates nothing. The other half is
// left to payload codecs and to what stands around the operation.
const MaxEncodedSize = 1 << 20

// room is what is left for Outcome and Failure around an Operation.
// Two bounded Statuses, two names and a value fit it, escaped.
const room = 128 << 10

// Bound makes op fit a payload, dropping its metadata first. fits is false if
// the rest is still too large: then the response is gone too, and of an error
// only the code and the first bytes of its message are left. What was dropped
// is marked by [Operation.Truncated].
func (o Operation) Bound() (bounded Operation, fits bool) {
	const limit = MaxEncodedSize - room
	if EncodedSize(o) <= limit {
		return o, true
	}
	o.Metadata, o.Truncated = nil, true
	if EncodedSize(o) <= limit {
		return o, true
	}
	o.Response = nil
	if o.Error != nil {
		o.Error = o.Error.clipped()
	}
	return o, false
}

// bounded is s, or [Status.clipped] if it takes more than 48 KiB; nil is nil.
func (s *Status) bounded() *Status {
	if s == nil || EncodedSize(s) <= 48<<10 {
		return s
	}
	return s.clipped()
}

// clipped is s without details, its message cut to 8 KiB.
func (s *Status) clipped() *Status {
	return &Status{Code: s.Code, Message: clip(s.Message, 8<<10)}
}

// EncodedSize returns how many bytes v takes as the JSON Temporal's default
// converter writes, which escapes '<', '>' and '&' to six bytes each.
func EncodedSize(v any) int {
	encoded, err := json.Marshal(v)
	if err != nil {
		return MaxEncodedSize + 1 // what cannot be encoded fits nowhere
	}
	return len(encoded)
}
