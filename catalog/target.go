package catalog

import "strings"

// Target is the form of the name of what the method makes or acts on. The name of what it makes ends
// with the id, if the caller gives it.
func (m *Method) Target() string {
	above, _ := m.split()
	if m.namesResult() {
		return above + "/*"
	}
	return above
}

// Request returns the line that starts the operation for a target, and the id that the request takes
// for what it makes, "" if it takes none. It reports false for a name that is not of the form of Target.
func (m *Method) Request(target string) (line RequestLine, id string, ok bool) {
	if !Match(m.Target(), target) {
		return RequestLine{}, "", false
	}
	above, suffix := m.split()
	path := target
	if m.namesResult() {
		path = parentOf(target)
		id = target[len(path)+1:]
	}
	if strings.HasPrefix(above, "/") {
		return RequestLine{Verb: m.Verb, Path: strings.TrimPrefix(path+suffix, "/")}, id, true
	}
	return RequestLine{Verb: m.Verb, Path: m.Service.Prefix + "/" + path + suffix}, id, true
}

func (m *Method) namesResult() bool {
	switch m.IDPlace.In {
	case InQuery, InBody, InText, InName:
		return true
	default:
		return false
	}
}

// split cuts the path behind the name: a ":verb", or the last word where the name ends with an id.
func (m *Method) split() (name, suffix string) {
	if i := strings.LastIndexByte(m.Path, ':'); i >= 0 {
		return m.Path[:i], m.Path[i:]
	}
	above := parentOf(m.Path)
	if m.Verb == "POST" && !m.Makes() && strings.HasSuffix(above, "*") && !strings.HasSuffix(m.Path, "*") {
		return above, m.Path[len(above):]
	}
	return m.Path, ""
}

// Made is the form of the names of what the method makes, "" if it makes nothing.
func (m *Method) Made() string {
	above, _ := m.split()
	if !m.Makes() {
		return ""
	}
	return above + "/*"
}

// GetMade is the request that reads what the method has made. It reports false if the documents have
// none, or the name is of another form.
func (m *Method) GetMade(name string) (RequestLine, bool) {
	if !m.CanGet {
		return RequestLine{}, false
	}
	return m.atMade(template{verb: "GET", named: true}, name)
}

// DeleteMade is the request that deletes what the method has made, with the same reports.
func (m *Method) DeleteMade(name string) (RequestLine, bool) {
	if m.Delete == NoDelete {
		return RequestLine{}, false
	}
	return m.atMade(m.deletes, name)
}

// atMade fills a line whose path is below that of what the method makes.
func (m *Method) atMade(t template, name string) (RequestLine, bool) {
	t.pattern = m.Made()
	if t.pattern, t.absolute = strings.CutPrefix(t.pattern, "/"); t.pattern == "" {
		return RequestLine{}, false
	}
	return t.fill(m.Service, name)
}
