package testsuite

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/lro"
)

// lineOf is the request line of a method for a name.
type lineOf func(c *catalog.Collection, name string) (catalog.RequestLine, bool)

// formMethods are the methods of an operation in a form of its own. A request's name ends before the
// suffix.
var formMethods = []struct {
	method   Method
	suffixes []string
	line     lineOf
}{
	{MethodGet, []string{""}, (*catalog.Collection).Get},
	{MethodDelete, []string{""}, (*catalog.Collection).Delete},
	{MethodCancel, []string{":cancel", "/cancel"}, (*catalog.Collection).Cancel},
	{MethodList, []string{""}, listLine},
	{MethodWait, []string{":wait", "/wait"}, (*catalog.Collection).Wait},
}

// listLine is the line of a List of a collection, such as "projects/p/zones/z/operations".
func listLine(c *catalog.Collection, name string) (catalog.RequestLine, bool) {
	parent, _ := splitLast(name)
	return c.List(strings.TrimSuffix(parent, "/"))
}

// ownRequest reads a request line of the catalog for the service. A line that the service does not
// have is of the method unknown.
func (s *Service) ownRequest(r *http.Request) request {
	path := strings.TrimPrefix(r.URL.Path, "/")
	for _, version := range catalog.ServicesAt(s.options.Service) {
		name, ok := strings.CutPrefix(path, version.Prefix+"/")
		for _, c := range version.Collections() {
			found := ownMethod(c, r.Method, path, name)
			if ok && found.method != unknown && (found.method != MethodWait || s.options.Waits) {
				return found.withArgs(r.URL.Query())
			}
		}
	}
	return request{method: unknown, name: path}
}

func ownMethod(c *catalog.Collection, verb, path, rest string) request {
	for _, m := range formMethods {
		for _, suffix := range m.suffixes {
			name, ok := strings.CutSuffix(rest, suffix)
			line, has := m.line(c, name)
			if ok && has && line.Verb == verb && line.Path == path {
				return request{method: m.method, name: name, form: c.Shape, timeoutInURL: line.Timeout == catalog.InQuery}
			}
		}
	}
	return request{method: unknown}
}

// listParameters are those of a List of each form, with their standard names
// (the discovery documents of google.golang.org/api).
var listParameters = map[catalog.Shape]map[string]string{
	catalog.Standard:  {"filter": "filter", "pageSize": "pageSize", "pageToken": "pageToken", "returnPartialSuccess": "returnPartialSuccess"},
	catalog.Compute:   {"filter": "filter", "maxResults": "pageSize", "pageToken": "pageToken"},
	catalog.SQLAdmin:  {"instance": "instance", "maxResults": "pageSize", "pageToken": "pageToken"},
	catalog.DNS:       {"maxResults": "pageSize", "pageToken": "pageToken"},
	catalog.Storage:   {"filter": "filter", "pageSize": "pageSize", "pageToken": "pageToken"},
	catalog.Container: {},
}

// systemParameters are those that every service takes.
var systemParameters = map[string]bool{"alt": true, "prettyPrint": true, "$.xgafv": true, "key": true}

// withArgs gives parameters their standard names. The service refuses one that it does not know.
func (r request) withArgs(query url.Values) request {
	r.args = url.Values{}
	for name, values := range query {
		standard, known := listParameters[r.form][name]
		switch {
		case systemParameters[name]:
		case known && r.method == MethodList:
			r.args[standard] = values
		case name == "timeout" && r.timeoutInURL:
			r.args[name] = values
		default:
			r.unknownParameter = name
		}
	}
	return r
}

// inForm writes the operations of a reply in the form of the request, if that is not the standard one.
func (r request) inForm(answer reply) reply {
	if r.form == "" || r.form == catalog.Standard || answer.status != nil {
		return answer
	}
	switch {
	case answer.operation:
		answer.body = ownForm(r.form, answer.body)
	case r.method == MethodList:
		answer.body = ownPage(r.form, answer.body)
	}
	return answer
}

// ownPage is a page of a List in another form.
func ownPage(form catalog.Shape, standard []byte) []byte {
	var page struct {
		Operations    []json.RawMessage `json:"operations"`
		NextPageToken string            `json:"nextPageToken"`
	}
	if json.Unmarshal(standard, &page) != nil {
		return standard
	}
	out := map[string]any{"kind": string(form) + "#operationsList"}
	list := map[catalog.Shape]string{catalog.Compute: "items", catalog.SQLAdmin: "items"}[form]
	if list == "" {
		list = "operations"
	}
	entries := []json.RawMessage{}
	for _, op := range page.Operations {
		entries = append(entries, ownForm(form, op))
	}
	out[list] = entries
	if page.NextPageToken != "" {
		out["nextPageToken"] = page.NextPageToken
	}
	return object(out)
}

// ownForm is an operation in another form. The fields of its metadata are the reply's own.
func ownForm(form catalog.Shape, standard []byte) []byte {
	op, err := lro.ParseOperation(standard)
	if err != nil {
		return standard
	}
	if form == catalog.Storage {
		return storageForm(op)
	}
	fields := fieldsOf(op.Metadata)
	_, id := splitLast(op.Name)
	fields["name"], fields["status"] = id, "RUNNING"
	if op.Done {
		fields["status"] = "DONE"
	}
	if form == catalog.DNS {
		delete(fields, "name")
		fields["id"], fields["status"] = id, map[bool]string{false: "pending", true: "done"}[op.Done]
	}
	if op.Error != nil && form != catalog.DNS {
		fields["error"] = ownError(form, *op.Error)
	}
	return object(fields)
}

// fieldsOf are the fields of an object, value for value. Anything else has none.
func fieldsOf(raw json.RawMessage) map[string]any {
	var values map[string]json.RawMessage
	_ = json.Unmarshal(raw, &values) // none without metadata
	fields := map[string]any{}
	for name, value := range values {
		fields[name] = value
	}
	return fields
}

// storageForm has a name of another form than the request.
func storageForm(op lro.Operation) []byte {
	op.Name = "projects/_/buckets" + strings.TrimPrefix(op.Name, "b")
	raw, _ := json.Marshal(op) // it was parsed from JSON
	return raw
}

// textCodes are the texts of Compute Engine and Cloud SQL for codes that have one of their own.
var textCodes = map[lro.Code]string{
	lro.CodeResourceExhausted: "QUOTA_EXCEEDED", lro.CodeNotFound: "RESOURCE_NOT_FOUND",
	lro.CodeAlreadyExists: "RESOURCE_ALREADY_EXISTS", lro.CodeCanceled: "OPERATION_CANCELED_BY_USER",
}

// ownError is the error of a failed operation: a google.rpc.Status for Kubernetes Engine, entries with
// a text as the code for others.
func ownError(form catalog.Shape, status lro.Status) any {
	if form == catalog.Container {
		return status
	}
	code, has := textCodes[status.Code]
	if !has {
		code = status.Code.String()
	}
	return map[string]any{"errors": []any{map[string]any{"code": code, "message": status.Message}}}
}
