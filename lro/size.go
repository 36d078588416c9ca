package lro

import "encoding/json"

// MaxEncodedSize bounds, in bytes of JSON, everything that awaitop passes through Temporal.
// Temporal's own limit is 2 MiB a payload. It terminates a workflow whose result or failure is
// larger, and no compensation runs. The other half is left to payload codecs and to the fields
// around the operation.
const MaxEncodedSize = 1 << 20

// MaxDepth is how deep JSON that awaitop passes through Temporal may nest. Go's decoder gives up at
// 10,000 levels, those of other SDKs sooner, and a payload that does not decode fails its
// workflow's tasks for good. Deeper JSON is dropped like JSON that is too large.
const MaxDepth = 1000

// room is kept for Outcome and Failure around an Operation. A failure that [Failure.bounded] has
// cut fits it even if every byte takes six, as '<' and control characters do in JSON: four Statuses
// of 40 KiB, two Refs of 2.3 KiB, 4 KiB each of Reason and a Cause's Message, and 600 bytes of
// Field, Value and Type. Resources and UndoErrors take the rest of [MaxEncodedSize].
const room = 272 << 10

const (
	// maxReason bounds one of UndoErrors, in bytes.
	maxReason = 1 << 10
	// reasonsRoom is kept for UndoErrors if names would take all the room.
	reasonsRoom = 16 << 10
	// listsRoom is for the names of the three fields of lists, and the count.
	listsRoom = 100
)

// Bound makes op fit a payload. It drops its metadata first. fits is false if the rest is still too
// large, or nests too deep. Then the response is dropped, too, and of an error all but the code and
// the first bytes of its message. [Operation.Truncated] says that something was dropped.
func (o Operation) Bound() (bounded Operation, fits bool) {
	const limit = MaxEncodedSize - room
	if o.fits(limit) {
		return o, true
	}
	o.Metadata, o.Truncated = nil, true
	if o.fits(limit) {
		return o, true
	}
	o.Response, o.Name = nil, clip(o.Name, MaxNameLength)
	if o.Error != nil {
		o.Error = o.Error.clipped()
	}
	return o, false
}

// fits reports whether o takes at most n bytes of JSON. It does not encode an operation that is too
// large anyway, because encoding copies it twice.
func (o Operation) fits(n int) bool {
	least := leastSize(o.Metadata, n) + leastSize(o.Response, n)
	if o.Error != nil {
		for _, detail := range o.Error.Details {
			least += leastSize(detail, n)
		}
	}
	return least <= n && EncodedSize(o) <= n
}

// leastSize returns how many bytes raw takes at least without white space, as encoding writes it.
// It stops counting beyond n.
func leastSize(raw json.RawMessage, n int) (size int) {
	inString := false
	for i := 0; i < len(raw) && size <= n; i++ {
		switch c := raw[i]; {
		case inString && c == '\\':
			i++
			size++
		case c == '"':
			inString = !inString
		case !inString && isSpace(c):
			continue
		}
		size++
	}
	return size
}

// Bound returns f with every part cut so that the whole fits [MaxEncodedSize].
func (f Failure) Bound() Failure {
	f.Ref = Ref{Service: clip(f.Ref.Service, 253), Name: clip(f.Ref.Name, MaxNameLength)}
	f.Operation, _ = f.Operation.Bound()
	f.PollError = f.PollError.Bound()
	f.CancelStatus = f.CancelStatus.Bound()
	f.StartError = f.StartError.Bound()
	f.Cause = f.Cause.bounded()
	f.Field, f.Value, f.Reason = clip(f.Field, 200), clip(f.Value, 200), clip(f.Reason, maxLine)
	return f.withBoundedLists()
}

// withBoundedLists drops metadata and then the ends of the lists, if they do not fit beside the
// rest of f. It counts the names that it drops.
func (f Failure) withBoundedLists() Failure {
	names, reasons := clipAll(f.Resources, MaxNameLength), clipAll(f.UndoErrors, maxReason)
	f.Resources, f.UndoErrors = nil, nil
	left := MaxEncodedSize - listsRoom - EncodedSize(f)
	if need := linesSize(names) + linesSize(reasons); need > left && f.Operation.Metadata != nil {
		f.Operation.Metadata, f.Operation.Truncated = nil, true
		left = MaxEncodedSize - listsRoom - EncodedSize(f)
	}
	f.Resources = fitting(names, left-min(linesSize(reasons), reasonsRoom))
	f.ResourcesOmitted += len(names) - len(f.Resources)
	f.UndoErrors = fitting(reasons[:min(len(reasons), len(f.Resources))], left-linesSize(f.Resources))
	return f
}

func clipAll(lines []string, n int) []string {
	var clipped []string
	for _, line := range lines {
		clipped = append(clipped, clip(line, n))
	}
	return clipped
}

// lineSize is how many bytes a line takes in a list, with its comma.
func lineSize(line string) int { return EncodedSize(line) + 1 }

func linesSize(lines []string) int {
	size := 0
	for _, line := range lines {
		size += lineSize(line)
	}
	return size
}

// fitting returns the first lines that take at most n bytes.
func fitting(lines []string, n int) []string {
	for i, line := range lines {
		if n -= lineSize(line); n < 0 {
			return lines[:i]
		}
	}
	return lines
}

// Bound returns s. If s takes more than 40 KiB of JSON, it returns the code and the first 6 KiB of
// the message. nil stays nil.
func (s *Status) Bound() *Status {
	if s == nil || EncodedSize(s) <= 40<<10 {
		return s
	}
	return s.clipped()
}

// Brief is o without its large parts: metadata, response and the details of errors.
// [Operation.Truncated] says that something was dropped.
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

// clipped is s without details, its message cut to 6 KiB, which take at most 36 KiB in JSON.
func (s *Status) clipped() *Status {
	return &Status{Code: s.Code, Message: clip(s.Message, 6<<10)}
}

// EncodedSize returns how many bytes v takes as the JSON of Temporal's default converter, which
// escapes '<', '>' and '&' to six bytes each. A v that cannot be encoded, or nests deeper than
// [MaxDepth], fits nowhere: its size is over [MaxEncodedSize].
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
