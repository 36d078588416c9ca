package lro

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// SpannerService is the service name of Cloud Spanner's admin APIs.
const SpannerService = "spanner.googleapis.com"

// MaxNameLength is the longest operation name accepted, in bytes. No service
// documents a limit; the longest shape seen in the field is under 600 bytes.
const MaxNameLength = 2048

// Ref names one operation: the service that runs it and the name the service
// gave it. The zero Ref names nothing.
//
// Its text and JSON form is the full resource name of AIP-122,
//
//	//spanner.googleapis.com/projects/p/instances/i/operations/o
//
// A Ref holds no endpoint and no URL. Where a service is reached is decided by
// the worker that holds the credentials, never by workflow input.
type Ref struct {
	// Service is the service's DNS name, such as "spanner.googleapis.com".
	Service string
	// Name is the operation's server-assigned name, such as
	// "projects/p/instances/i/operations/o".
	Name string
}

// ParseRef reads the text form of a Ref and validates it. The error is an
// [*InvalidError] for the field "ref".
func ParseRef(text string) (Ref, error) {
	rest, ok := strings.CutPrefix(text, "//")
	service, name, found := strings.Cut(rest, "/")
	if !ok || !found {
		return Ref{}, &InvalidError{Field: "ref", Value: text, Want: "//SERVICE/NAME, for example //spanner.googleapis.com/projects/p/instances/i/operations/o"}
	}
	ref := Ref{Service: service, Name: name}
	if err := ref.Validate(); err != nil {
		return Ref{}, err
	}
	return ref, nil
}

// String returns the text form, and "" for the zero Ref.
func (r Ref) String() string {
	if r.IsZero() {
		return ""
	}
	return "//" + r.Service + "/" + r.Name
}

// IsZero reports whether r names nothing.
func (r Ref) IsZero() bool { return r == Ref{} }

// Collection returns the Ref's text form up to its last segment, without a
// trailing slash: what a List would be asked for.
//
//	//spanner.googleapis.com/projects/p/instances/i/operations
func (r Ref) Collection() string {
	text := r.String()
	return text[:max(strings.LastIndexByte(text, '/'), 0)]
}

// MarshalText writes the text form.
func (r Ref) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads the text form; the empty text is the zero Ref. It rejects
// what [ParseRef] rejects.
func (r *Ref) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*r = Ref{}
		return nil
	}
	parsed, err := ParseRef(string(text))
	if err != nil {
		return err
	}
	*r = parsed
	return nil
}

// looseRef is a Ref that is read back, not used: its text form unvalidated.
type looseRef Ref

// UnmarshalText splits the text form; it never fails.
func (r *looseRef) UnmarshalText(text []byte) error {
	rest, _ := strings.CutPrefix(string(text), "//")
	r.Service, r.Name, _ = strings.Cut(rest, "/")
	return nil
}

// Validate reports why r cannot be sent to an API, as an [*InvalidError] for
// "ref.service" or "ref.name". Generated API clients send such names as they
// are, so a name from outside could otherwise reach another method or resource.
func (r Ref) Validate() error {
	if err := ValidateService(r.Service); err != nil {
		return err
	}
	return ValidateName("ref.name", r.Name)
}

var (
	serviceName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\.[a-z]([a-z0-9-]*[a-z0-9])?$`)
	customVerb  = regexp.MustCompile(`:[A-Za-z][A-Za-z0-9_]*$`)
)

// ValidateService reports why service is not a service's DNS name, as an
// [*InvalidError] for "ref.service". URLs, IP addresses, ports and paths are refused.
func ValidateService(service string) error {
	if len(service) > 253 || !serviceName.MatchString(service) {
		return &InvalidError{Field: "ref.service", Value: service, Want: "a service name such as spanner.googleapis.com, not a URL, host:port or path"}
	}
	return nil
}

// ValidateName reports why name is not a relative resource name, as an
// [*InvalidError] for the given field. Refused are: the empty name, names over
// [MaxNameLength], a leading or trailing slash, empty segments, "." and "..",
// a trailing :verb (it would call a custom method), '?', '#', '%', '\', spaces,
// control characters and invalid UTF-8.
func ValidateName(field, name string) error {
	if problem := nameProblem(name); problem != "" {
		return &InvalidError{Field: field, Value: name, Want: "a resource name such as projects/p/instances/i/operations/o", Problem: problem}
	}
	return nil
}

func nameProblem(name string) string {
	switch {
	case name == "":
		return "is empty"
	case len(name) > MaxNameLength:
		return fmt.Sprintf("is %d bytes long, over %d", len(name), MaxNameLength)
	case !utf8.ValidString(name):
		return "is not valid UTF-8"
	case strings.Contains(name, "://"):
		return "is a URL"
	case customVerb.MatchString(name):
		return "ends in a :verb"
	}
	if i := strings.IndexFunc(name, forbiddenInName); i >= 0 {
		c, _ := utf8.DecodeRuneInString(name[i:])
		return fmt.Sprintf("has the forbidden character %q", c)
	}
	for segment := range strings.SplitSeq(name, "/") {
		switch segment {
		case "":
			return "has an empty segment, or starts or ends with a slash"
		case ".", "..":
			return fmt.Sprintf("has the segment %q", segment)
		}
	}
	return ""
}

func forbiddenInName(c rune) bool {
	return strings.ContainsRune(`?#%\`, c) || unicode.IsSpace(c) || !unicode.IsPrint(c)
}
