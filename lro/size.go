package lro

import (
	"encoding/json"
	"fmt"
)

// MaxEncodedSize bounds, in bytes of JSON, everything awaitop passes through
// Temporal. Temporal's own limit is 2 MiB a payload; a workflow whose result or
// failure is over it is terminated and compensates nothing. The other half is
// left to payload codecs and to what stands around the operation.
const MaxEncodedSize = 1 << 20

// MaxDepth is how deep the JSON may nest that awaitop passes through Temporal. A decoder
// of Go's gives up at 10,000 levels and those of other SDKs sooner, and a payload that
// does not decode fails its workflow's tasks for good. What is deeper is dropped as what
// is too large is.
const MaxDepth = 1000

// room is what is left for Outcome and Failure around an Operation.
// What [Failure.bounded] leaves fits it even if every byte takes six, as '<' and
// control characters do in JSON: four Statuses of 40 KiB, two Refs of 2.3 KiB,
// 4 KiB each of Reason and a Cause's Message, 600 bytes of Field, Value and Type,
// and 8 KiB each of encoded Resources and UndoErrors.
const room = 272 << 10

// Bound makes op fit a payload, dropping its metadata first. fits is false if
// the rest is still too large, or nests too deep: then the response is gone too, and of an error
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
	o.Response, o.Name = nil, clip(o.Name, MaxNameLength)
	if o.Error != nil {
		o.Error = o.Error.clipped()
	}
	return o, false
}

// bounded is f with every part cut so that the whole fits [MaxEncodedSize].
func (f Failure) bounded() Failure {
	f.Ref = Ref{Service: clip(f.Ref.Service, 253), Name: clip(f.Ref.Name, MaxNameLength)}
	f.Operation, _ = f.Operation.Bound()
	f.PollError = f.PollError.Bound()
	f.CancelStatus = f.CancelStatus.Bound()
	f.StartError = f.StartError.Bound()
	f.Cause = f.Cause.bounded()
	f.Field, f.Value, f.Reason = clip(f.Field, 200), clip(f.Value, 200), clip(f.Reason, maxLine)
	f.Resources = boundedLines(f.Resources)
	f.UndoErrors = boundedLines(f.UndoErrors)
	return f
}

// boundedLines keeps as many lines as fit 8 KiB, and says how many do not.
func boundedLines(names []string) []string {
	if EncodedSize(names) <= 8<<10 {
		return names
	}
	var kept []string
	size := 0
	for i, name := range names {
		name = clip(name, 1<<10)
		if size += EncodedSize(name) + 1; size > 8<<10-100 {
			return append(kept, fmt.Sprintf("and %d more", len(names)-i))
		}
		kept = append(kept, name)
	}
	return kept
}

// Bound returns s, or if it takes more than 40 KiB of JSON its code and the
// first 6 KiB of its message. nil stays nil.
func (s *Status) Bound() *Status {
	if s == nil || EncodedSize(s) <= 40<<10 {
		return s
	}
	return s.clipped()
}

// Brief is o without what may be large: metadata, response and the details of errors.
// That something was dropped is marked by [Operation.Truncated].
func (o Outcome) Brief() Outcome {
	o.Operation.Metadata, o.Operation.Response, o.Operation.Truncated = nil, nil, true
	o.Operation.Name = clip(o.Operation.Name, MaxNameLength)
	if o.Operation.Error != nil {
		o.Operation.Error = o.Operation.Error.clipped()
	}
	if o.CancelStatus != nil {
		o.CancelStatus = o.CancelStatus.clipped()
	}
	return o
}

// clipped is s without details, its message cut to 6 KiB, which take at most 36
// in JSON.
func (s *Status) clipped() *Status {
	return &Status{Code: s.Code, Message: clip(s.Message, 6<<10)}
}

// EncodedSize returns how many bytes v takes as the JSON Temporal's default
// converter writes, which escapes '<', '>' and '&' to six bytes each. A v that cannot be
// encoded, or nests deeper than [MaxDepth], fits nowhere: it is over [MaxEncodedSize].
func EncodedSize(v any) int {
	encoded, err := json.Marshal(v)
	if err != nil || tooDeep(encoded) {
		return MaxEncodedSize + 1
	}
	return len(encoded)
}

// tooDeep reports whether valid JSON nests deeper than [MaxDepth].
func tooDeep(encoded []byte) bool {
	depth, inString := 0, false
	for i := 0; i < len(encoded); i++ {
		switch c := encoded[i]; {
		case inString && c == '\\':
			i++ // an escaped quote ends no string
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			if depth++; depth > MaxDepth {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}
