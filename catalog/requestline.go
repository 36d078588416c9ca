package catalog

import (
	"cmp"
	"strings"
)

// RequestLine is the first line of an HTTP request, without the host.
type RequestLine struct {
	// Verb is the HTTP method, such as "GET".
	Verb string
	// Path has the version and no slash in front. It is not escaped.
	Path string
	// Parameter is the query parameter that takes Value, "" if there is none.
	Parameter string
	// Value is that of Parameter. It is not escaped.
	Value string
	// Timeout is the place of the field "timeout" of a wait.
	Timeout Where
}

// String is the line for people, such as "GET v1/operations?name=projects/p".
func (l RequestLine) String() string {
	text := l.Verb + " " + l.Path
	if l.Parameter != "" {
		text += "?" + l.Parameter + "=" + l.Value
	}
	return text
}

// template is a request line with a place for a name.
type template struct {
	verb          string
	before, after string // the path around the name; all of it if there is no place
	pattern       string // of the name
	parameter     string // of the query, which takes the name
	absolute      bool   // the path has its own version
	named         bool   // there is a place for a name
}

// usual is the line that a standard collection of a pattern has.
func usual(verb int, pattern string) template {
	switch verb {
	case get:
		return template{verb: "GET", pattern: pattern, named: true}
	case del:
		return template{verb: "DELETE", pattern: pattern, named: true}
	case list:
		return usualList(pattern)
	default:
		return template{verb: "POST", pattern: pattern, after: ":" + verbWords[verb], named: true}
	}
}

func usualList(pattern string) template {
	collection := parentOf(pattern)
	if above := parentOf(collection); above != "" {
		return template{verb: "GET", pattern: above, after: strings.TrimPrefix(collection, above), named: true}
	}
	return template{verb: "GET", before: collection}
}

func parentOf(name string) string {
	return name[:max(strings.LastIndexByte(name, '/'), 0)]
}

// newTemplate reads a line that differs from the usual one: "[VERB ]PATH", where "{}" is the name's
// place and "{PATTERN}" one of another pattern. A path with a slash in front has its own version.
func newTemplate(text string, or template) template {
	t := template{verb: or.verb, pattern: or.pattern}
	if verb, path, ok := strings.Cut(text, " "); ok {
		t.verb, text = verb, path
	}
	text, t.absolute = strings.CutPrefix(text, "/")
	before, rest, named := strings.Cut(text, "{")
	inner, after, _ := strings.Cut(rest, "}")
	t.before, t.after, t.named = before, after, named
	t.pattern = cmp.Or(inner, t.pattern)
	if path, query, ok := strings.Cut(before, "?"); ok {
		t.before, t.parameter = path, strings.TrimSuffix(query, "=")
	}
	return t
}

// fill puts a name into the line. It reports false for a line that there is not, and for a name of
// another form.
func (t template) fill(s *Service, name string) (RequestLine, bool) {
	line := RequestLine{Verb: t.verb, Path: t.before}
	switch {
	case t.verb == "":
		return RequestLine{}, false
	case t.parameter != "":
		line.Parameter, line.Value = t.parameter, name
	case t.named:
		if !Match(t.pattern, name) {
			return RequestLine{}, false
		}
		line.Path += name + t.after
	case name != "":
		return RequestLine{}, false
	}
	if !t.absolute {
		line.Path = s.Prefix + "/" + line.Path
	}
	return line, true
}

// Get is the request that reads an operation. It reports false if the service has no such method or
// the name is not one of the collection's. So do the others.
func (c *Collection) Get(name string) (RequestLine, bool) { return c.lines[get].fill(c.Service, name) }

// List is the request that lists the operations of a parent: a resource such as
// "projects/p/locations/l", or "" for a collection that stands alone. Where the line has the parent
// in its query, any parent fits.
func (c *Collection) List(parent string) (RequestLine, bool) {
	return c.lines[list].fill(c.Service, parent)
}

// ListName is the field "name" of a google.longrunning.ListOperationsRequest for a collection, such as
// "projects/p/locations/l/operations": over gRPC most services take the parent there, some the
// collection itself. It reports false if the service has no list of it.
func (c *Collection) ListName(collection string) (string, bool) {
	parent := parentOf(collection)
	if _, ok := c.List(parent); !ok {
		return "", false
	}
	switch list := c.lines[list]; {
	case c.listsWhole, parent == "" && list.parameter == "":
		return collection, true
	default:
		return parent, true
	}
}

// Cancel is the request that cancels an operation. It takes an empty message as its body.
func (c *Collection) Cancel(name string) (RequestLine, bool) {
	return c.lines[cancel].fill(c.Service, name)
}

// Delete is the request that deletes the record of an operation, and nothing else.
func (c *Collection) Delete(name string) (RequestLine, bool) {
	return c.lines[del].fill(c.Service, name)
}

// Wait is the request that is answered when an operation ends or a timeout is over.
func (c *Collection) Wait(name string) (RequestLine, bool) {
	line, ok := c.lines[wait].fill(c.Service, name)
	switch {
	case !ok || c.Shape != Standard:
	case c.timeoutBody:
		line.Timeout = InBody
	default:
		line.Timeout = InQuery
	}
	return line, ok
}
