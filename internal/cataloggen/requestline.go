package main

import "strings"

// template is the request line of one of the collection's methods, without the version: "{}"
// stands for the operation's name, for a list "{PATTERN}" for the parent's.
func (d *document) template(c collection, verb string) string {
	m := c.methods[verb]
	if verb == "list" {
		return d.listTemplate(m)
	}
	path := d.relative(m.path)
	if _, ok := m.nameParameter(); ok {
		path = d.relative(parameterInPath.ReplaceAllString(d.full(m), "{}"))
	} else if rest, ok := strings.CutPrefix(path, c.pattern); ok {
		path = "{}" + rest
	}
	return m.HTTPMethod + " " + path
}

// full is the method's path from the host on, with its parameters.
func (d *document) full(m *method) string {
	return strings.TrimPrefix(strings.Trim(d.ServicePath, "/")+"/"+m.Path, "/")
}

// listTemplate is the request line of a list. All of its path before the last segment is the
// parent's, but for a constant in front.
func (d *document) listTemplate(m *method) string {
	path := d.relative(m.path)
	for _, name := range []string{"name", "parentId"} {
		if m.inQuery(name) {
			return m.HTTPMethod + " " + path + "?" + name + "={}"
		}
	}
	constant := d.constant(m)
	collection := strings.TrimPrefix(path, constant)
	if above := parent(collection); above != "" {
		return m.HTTPMethod + " " + constant + "{" + above + "}/" + last(collection)
	}
	return m.HTTPMethod + " " + path
}

// constant is the path before the parameter that takes a whole name, without the version.
func (d *document) constant(m *method) string {
	if _, ok := m.nameParameter(); !ok {
		return ""
	}
	before, _, _ := strings.Cut(d.full(m), "{")
	return d.relative(before)
}

// usual is the request line that a standard collection of a pattern has.
func (c collection) usual(verb string) string {
	switch verb {
	case "get":
		return "GET {}"
	case "delete":
		return "DELETE {}"
	case "list":
		return c.usualList()
	default:
		return "POST {}:" + verb
	}
}

func (c collection) usualList() string {
	of := parent(c.pattern)
	if above := parent(of); above != "" {
		return "GET {" + above + "}/" + last(of)
	}
	return "GET " + of
}

// line is the collection's line in the catalog.
func (d *document) line(c collection) string {
	var letters string
	var odd []string
	for _, verb := range verbs {
		if c.methods[verb] == nil {
			continue
		}
		letters += verb[:1]
		if template := d.template(c, verb); template != c.usual(verb) {
			odd = append(odd, verb+"="+strings.TrimPrefix(template, usualVerb(verb)+" "))
		}
	}
	fields := []string{"ops", c.pattern, letters}
	if c.shape != standard {
		fields = append(fields, c.shape)
	}
	if w := c.methods["wait"]; w != nil && !w.inQuery("timeout") && c.shape == standard {
		odd = append(odd, "timeout=body")
	}
	if c.listsWhole() {
		odd = append(odd, "listname=whole")
	}
	return strings.Join(append(fields, odd...), "\t")
}

// listsWhole reports whether the name in a list is the collection's own, and not its parent's. Over
// HTTP that makes no difference.
func (c collection) listsWhole() bool {
	list := c.methods["list"]
	if list == nil || c.shape != standard {
		return false
	}
	name, ok := list.nameParameter()
	return ok && strings.HasSuffix(name, "/operations")
}

func usualVerb(verb string) string {
	switch verb {
	case "get", "list":
		return "GET"
	case "delete":
		return "DELETE"
	default:
		return "POST"
	}
}
