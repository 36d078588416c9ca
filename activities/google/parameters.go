package google

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/lro"
)

// checkParameters refuses, as an [*lro.InvalidError], a mask that the method does not take, and parameters of the
// query that the starter sets, that the method does not take, or that would change more than the method's own.
func (m method) checkParameters(r Request) error {
	if len(r.UpdateMask) > 0 && m.UpdateMask.In == catalog.Nowhere {
		return &lro.InvalidError{Field: "request.updateMask", Value: strings.Join(r.UpdateMask, ","), Want: "none: " + m.ID + " takes no mask"}
	}
	for _, name := range slices.Sorted(maps.Keys(r.Parameters)) {
		if want := m.wantOf(name); want != "" {
			return &lro.InvalidError{Field: "request.parameters." + name, Value: r.Parameters[name], Want: want}
		}
	}
	return nil
}

// ofEveryRequest are the parameters that each method of Google's APIs takes and that change how it authenticates,
// who pays or how it replies, in one spelling: "parameters" at the top of each discovery document, and the system
// parameters (https://cloud.google.com/apis/docs/system-parameters). Their forms with a "$" are none of [parameterName].
var ofEveryRequest = spelledOnce("access_token alt bearer_token callback fields key oauth_token passwd pp prettyPrint " +
	"quotaUser uploadType upload_protocol userIp userProject")

// parameterName is the name of a parameter of a method. No other one reaches a server: it could read "%6Bey" as "key".
var parameterName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.]*$`)

func spelledOnce(names string) map[string]bool {
	set := map[string]bool{}
	for name := range strings.FieldsSeq(names) {
		set[oneSpelling(name)] = true
	}
	return set
}

// oneSpelling is that of user_project and userProject, in which cases are the same.
func oneSpelling(name string) string { return strings.ToLower(strings.ReplaceAll(name, "_", "")) }

// wantOf says what to write in place of a parameter, "" if nothing is known against it. An API takes
// allow_missing for allowMissing, so the starter looks for its own in each spelling.
func (m method) wantOf(name string) string {
	switch {
	case ofEveryRequest[oneSpelling(name)]:
		return "parameters of the method: every request has this one, and the client sets it"
	case !parameterName.MatchString(name):
		return "parameters of the method, whose names have letters, digits, dots and underscores: those with a $ are of every request, and the client sets them"
	}
	spelled := m.spelling(name)
	switch set := m.setBy(spelled); {
	case set != "":
		return "none: " + set
	case spelled != name:
		return spelled + ", as the API's documents spell it"
	case m.lacks(name):
		return "parameters that " + m.ID + " takes in its URL"
	default:
		return ""
	}
}

// spelling is the spelling of a parameter in the API's documents.
func (m method) spelling(name string) string {
	known := []string{"requestId", "validateOnly", "updateMask", "etag", "force", "allowMissing", "operationId"}
	if id := m.idField(); id != "" {
		known = append(known, id)
	}
	for _, one := range known {
		if letters(one) == letters(name) {
			return one
		}
	}
	return camelCase(name)
}

// camelCase is a name such as allow_missing in the spelling of JSON. A name that begins with an underscore has
// it in the documents, such as Cloud Healthcare's _since.
func camelCase(name string) string {
	if strings.HasPrefix(name, "_") {
		return name
	}
	first, rest, _ := strings.Cut(name, "_")
	for word := range strings.SplitSeq(rest, "_") {
		if word != "" {
			word = strings.ToUpper(word[:1]) + word[1:]
		}
		first += word
	}
	return first
}

// setBy says what sets a parameter or field of the request in the caller's place, "" for nothing.
func (m method) setBy(name string) string {
	switch {
	case name == "requestId":
		return "the starter makes it of the step's key"
	case name == "validateOnly":
		return "a start with it starts nothing, and workflows.PlanSteps asks with it"
	case name == "updateMask" && m.UpdateMask.In != catalog.Nowhere:
		return "Request.UpdateMask sets it"
	case name == m.idField():
		return "the step's target has the id"
	case m.inPath(name):
		return "the step's target has what stands in the path"
	case name == "operationId" && m.OperationID.In != catalog.Nowhere:
		return "the starter sets it"
	default:
		return ""
	}
}

// idField is the name under which the request has the id of what the method makes, "" for none. In a query it stands
// for a field of the body, too.
func (m method) idField() string {
	return m.IDPlace.Field[strings.LastIndexByte(m.IDPlace.Field, '.')+1:]
}

// inPath reports whether a name is that of a variable of the request's path, which a service may also take from the
// query. The catalog has paths without these names: they are "name" and "parent" where one is a resource's whole
// name, else made of a collection's: project, projectId or projectsId.
func (m method) inPath(name string) bool {
	path, _, _ := strings.Cut(m.Path, ":")
	segments := strings.Split(path, "/")
	if !slices.Contains(segments, "*") {
		return false
	}
	for i, collection := range segments[:len(segments)-1] {
		one, several := strings.CutSuffix(collection, "s")
		if several && segments[i+1] == "*" && slices.Contains([]string{one, one + "Id", collection + "Id"}, name) {
			return true
		}
	}
	return name == "parent" || name == "name" && (m.Shape == catalog.Standard || m.Shape == catalog.Container)
}

// lacks reports whether the method is known not to take a parameter in its query.
func (m method) lacks(name string) bool {
	place, known := map[string]catalog.Place{
		"updateMask": m.UpdateMask, "etag": m.ETag, "force": m.Force, "allowMissing": m.AllowMissing,
	}[name]
	return known && place.In != catalog.InQuery
}
