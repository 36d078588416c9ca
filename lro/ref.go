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

// MaxNameLength is the longest operation name accepted, in bytes. No service documents a limit. The
// longest form that is known is under 600 bytes.
const MaxNameLength = 2048

// Ref names one operation: its service, and the name that the service gave it. The zero Ref names
// nothing.
//
// Its text and JSON form is the full resource name of AIP-122,
//
//	//spanner.googleapis.com/projects/p/instances/i/operations/o
//
// UnmarshalText refuses a text that is not a full resource name. So a workflow of your own that
// takes a Ref fails at once for such an input, with an untyped failure of the SDK's. For a failure
// of [TypeInvalidInput], which names field and value, take a workflows.AwaitInput, or a string and
// [ParseRef].
//
// A Ref holds no endpoint and no URL. The worker that holds the credentials decides where it
// reaches a service. Workflow input does not.
type Ref struct {
	// Service is the service's DNS name, such as "spanner.googleapis.com".
	Service string
	// Name is the operation's server-assigned name, such as
	// "projects/p/instances/i/operations/o".
	Name string
}

// refForm is the text form, for messages.
const refForm = "//SERVICE/NAME, for example //spanner.googleapis.com/projects/p/instances/i/operations/o"

// ParseRef reads the text form of a Ref and validates it. The error is an
// [*InvalidError] for "ref" or a field below it.
func ParseRef(text string) (Ref, error) {
	ref, err := splitRef(text)
	if err == nil {
		err = ref.Validate()
	}
	if err != nil {
		return Ref{}, err
	}
	return ref, nil
}

// splitRef reads the text form and checks it as any full resource name.
func splitRef(text string) (Ref, error) {
	service, name, ok := cutFullName(text)
	if !ok {
		return Ref{}, &InvalidError{Field: "ref", Value: text, Want: refForm}
	}
	if err := validateService("ref.service", service); err != nil {
		return Ref{}, err
	}
	if problem := nameProblem(name, true); problem != "" {
		return Ref{}, &InvalidError{Field: "ref.name", Value: name, Want: wantedName(service, name), Problem: problem}
	}
	return Ref{Service: service, Name: name}, nil
}

// cutFullName cuts a full resource name of AIP-122 into service and relative name.
func cutFullName(text string) (service, name string, ok bool) {
	rest, slashes := strings.CutPrefix(text, "//")
	service, name, found := strings.Cut(rest, "/")
	return service, name, slashes && found
}

// fullName is the full resource name of AIP-122, "" for none.
func fullName(service, name string) string {
	if service == "" && name == "" {
		return ""
	}
	return "//" + service + "/" + name
}

// String returns the text form, and "" for the zero Ref.
func (r Ref) String() string { return fullName(r.Service, r.Name) }

// IsZero reports whether r names nothing.
func (r Ref) IsZero() bool { return r == Ref{} }

// MarshalText writes the text form.
func (r Ref) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads the text form. The empty text is the zero Ref. It rejects a text that is not
// a full resource name. It does not check whether the name is an operation's, because another
// release may have let the Ref in: [Ref.Validate] does.
func (r *Ref) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*r = Ref{}
		return nil
	}
	parsed, err := splitRef(string(text))
	if err != nil {
		return err
	}
	*r = parsed
	return nil
}

// looseRef is a Ref that is read for display. Its text form is not validated.
type looseRef Ref

// UnmarshalText splits the text form; it never fails.
func (r *looseRef) UnmarshalText(text []byte) error {
	rest, _ := strings.CutPrefix(string(text), "//")
	r.Service, r.Name, _ = strings.Cut(rest, "/")
	return nil
}

// Validate reports why r does not name an operation, as an [*InvalidError]: for "ref" if it is
// zero, else for "ref.service" or "ref.name".
//
// A name must have the form that the service gives its operations, by a table made of Google's
// discovery documents. For a service outside of the table, the first segment of a name, or the last
// but one, is "operations". Names are ASCII. Generated API clients send any name as it is, so a
// name from outside could otherwise read, cancel or delete a resource.
func (r Ref) Validate() error {
	if r.IsZero() {
		return &InvalidError{Field: "ref", Want: refForm, Problem: "is missing"}
	}
	if err := ValidateService(r.Service); err != nil {
		return err
	}
	return validateOperationName("ref.name", r.Service, r.Name)
}

var (
	serviceName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\.[a-z]([a-z0-9-]*[a-z0-9])?$`)
	customVerb  = regexp.MustCompile(`:[A-Za-z][A-Za-z0-9_]*$`)
)

// ValidateService reports why service is not a service's DNS name, as an
// [*InvalidError] for "ref.service". URLs, IP addresses, ports and paths are refused.
func ValidateService(service string) error { return validateService("ref.service", service) }

func validateService(field, service string) error {
	if len(service) > 253 || !serviceName.MatchString(service) {
		return &InvalidError{Field: field, Value: service, Want: "a service name such as spanner.googleapis.com, not a URL, host:port or path"}
	}
	return nil
}

// ValidateName reports why name is not a relative resource name, as an [*InvalidError] for the
// given field. It refuses the empty name, names over [MaxNameLength], a leading or trailing slash,
// empty segments, "." and "..", a trailing :verb (it would call a custom method), '?', '#', '%',
// '\', spaces, control characters and invalid UTF-8.
func ValidateName(field, name string) error {
	if problem := nameProblem(name, false); problem != "" {
		return &InvalidError{Field: field, Value: name, Want: "a resource name such as projects/p/instances/i", Problem: problem}
	}
	return nil
}

// ValidateTarget is [ValidateName] for the one resource that a request makes, changes or deletes. It refuses the
// segments "-" and "*", which stand for each resource of a collection (https://google.aip.dev/159).
func ValidateTarget(field, name string) error {
	for segment := range strings.SplitSeq(name, "/") {
		if segment == "-" || segment == "*" {
			problem := fmt.Sprintf("has the segment %q, which stands for each resource of a collection", segment)
			return &InvalidError{Field: field, Value: name, Want: "the name of one resource, such as projects/p/instances/i", Problem: problem}
		}
	}
	return ValidateName(field, name)
}

// ValidateParent is [ValidateName] for the beginning of other names, such as a project. It may end
// in a colon and a word, as a domain-scoped project does ("projects/example.com:p"), and have
// encoded slashes ("%2F"), as IAM's names of policies do.
func ValidateParent(field, name string) error {
	if problem := pathProblem(name, true); problem != "" {
		return &InvalidError{Field: field, Value: name, Want: "the beginning of resource names, such as projects/p", Problem: problem}
	}
	return nil
}

// nameProblem says why name is not a relative resource name, "" if it is.
func nameProblem(name string, encoded bool) string {
	if problem := pathProblem(name, encoded); problem != "" || !customVerb.MatchString(name) {
		return problem
	}
	return "ends in a :verb"
}

// pathProblem says why name cannot stand in a URL's path, "" if it can. encoded allows an encoded
// slash, which separates segments as a slash does.
func pathProblem(name string, encoded bool) string {
	if len(name) > MaxNameLength {
		return fmt.Sprintf("is %d bytes long, over %d", len(name), MaxNameLength)
	}
	if encoded {
		name = strings.ReplaceAll(name, encodedSlash, "/")
	}
	switch {
	case name == "":
		return "is empty"
	case !utf8.ValidString(name):
		return "is not valid UTF-8"
	case strings.Contains(name, "://"):
		return "is a URL"
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
