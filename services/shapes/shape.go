package shapes

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/awaitop/awaitop/lro"
)

// Shape is the form of a service's operations. It is safe for concurrent use.
type Shape struct {
	// Name is the name of the shape, such as "compute".
	Name string
	// done is the status of an operation that has ended.
	done string
	// id is the field with the operation's id. It is not the operation's whole name.
	id string
	// list is the field with the operations of a page.
	list string
	// failure reads how a done operation has failed, nil if it has not.
	failure func(ended) *lro.Status
	// standard is true for google.longrunning's own form.
	standard bool
	// renames is true for a standard form with other names in replies than requests take.
	renames bool
	// pageSize is the parameter of a List with the size of a page, "" if there are no pages.
	pageSize string
	// largestPage is the most that pageSize may ask for, 0 for no bound of the service's own.
	largestPage int
	// filters is true if a List takes a filter, in the service's own syntax.
	filters bool
}

// Standard is google.longrunning's form.
var Standard = Shape{Name: "standard", standard: true}

// storage is the form of Cloud Storage, whose requests have lines of their own. Its replies have
// names such as "projects/_/buckets/b/operations/o"
// (cloud.google.com/storage/docs/json_api/v1/operations).
var storage = Shape{Name: "storage", standard: true, renames: true, pageSize: "pageSize", filters: true}

// all are the shapes by name.
var all = map[string]Shape{"": Standard, Standard.Name: Standard}

// each is the shapes of services with a form of their own.
var each = []Shape{compute, container, sqladmin, dns, storage}

func init() {
	for _, shape := range each {
		all[shape.Name] = shape
	}
}

// Named returns the shape of a name. "" is the standard one. The error is an [*lro.InvalidError] for
// the field "shape".
func Named(name string) (Shape, error) {
	shape, ok := all[name]
	if !ok {
		return Shape{}, &lro.InvalidError{Field: "shape", Value: name, Want: "one of " + strings.Join(slices.Sorted(maps.Keys(all))[1:], ", ")}
	}
	return shape, nil
}

// ended holds the fields of an operation that tell how it ended.
type ended struct {
	Error         json.RawMessage `json:"error"`
	StatusMessage string          `json:"statusMessage"`
	HTTPStatus    int             `json:"httpErrorStatusCode"`
	HTTPMessage   string          `json:"httpErrorMessage"`
}

// Operation reads a reply that is one operation. name is its name in a Ref, because the reply may
// hold no more than its id. The errors are those of [lro.ParseOperation].
func (s Shape) Operation(name string, body []byte) (lro.Operation, error) {
	if s.standard {
		op, err := lro.ParseOperation(body)
		return s.rename(op, err, name)
	}
	if !json.Valid(body) {
		return lro.Operation{}, fmt.Errorf("body of %d bytes is not JSON", len(body))
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		return lro.Operation{}, fmt.Errorf("%w: it is no JSON object", lro.ErrNotOperation)
	}
	return s.read(name, fields)
}

func (s Shape) read(name string, fields map[string]json.RawMessage) (lro.Operation, error) {
	status, id := textOf(fields["status"]), textOf(fields[s.id])
	switch {
	case status == "" || id == "":
		return lro.Operation{}, fmt.Errorf("%w of %s: it has no %s", lro.ErrNotOperation, s.Name, missing(s.id, id))
	case name == "":
		return lro.Operation{}, fmt.Errorf("%w: nothing names it", lro.ErrNotOperation)
	}
	op := lro.Operation{Name: name, Done: status == s.done}
	if op.Done {
		var end ended
		if err := json.Unmarshal(object(fields), &end); err != nil {
			return lro.Operation{}, fmt.Errorf("%w of %s: %w", lro.ErrNotOperation, s.Name, err)
		}
		op.Error = s.failure(end)
	}
	rest := maps.Clone(fields)
	delete(rest, "error")
	op.Metadata = object(rest)
	return op, op.Normalize()
}

// missing names the field that an operation lacks.
func missing(idField, id string) string {
	if id == "" {
		return idField
	}
	return "status"
}

// Started reads the reply to a method that starts an operation. collection is that of the operation, such
// as "projects/p/zones/z/operations": the reply of a form of its own holds no more than an id. The
// errors are those of [lro.ParseOperation].
func (s Shape) Started(collection string, body []byte) (lro.Operation, error) {
	if s.standard {
		op, err := lro.ParseOperation(body)
		if s.renames {
			op, err = s.rename(op, err, collection+"/"+lastOf(op.Name))
		}
		return op, err
	}
	var fields map[string]json.RawMessage
	_ = json.Unmarshal(body, &fields) // Operation says what is wrong with it
	return s.Operation(collection+"/"+textOf(fields[s.id]), body)
}

// Page reads a reply that is a page of a collection. The errors are those of [lro.ParsePage]. An
// entry that is not an operation is left out.
func (s Shape) Page(collection string, body []byte) (lro.Page, error) {
	if s.standard {
		page, err := lro.ParsePage(body)
		for i, op := range page.Operations {
			page.Operations[i], _ = s.rename(op, nil, collection+"/"+lastOf(op.Name))
		}
		return page, err
	}
	if !json.Valid(body) {
		return lro.Page{}, fmt.Errorf("body of %d bytes is not JSON", len(body))
	}
	var fields map[string]json.RawMessage
	var entries []map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		return lro.Page{}, fmt.Errorf("%w, nor a page of them: it is no JSON object", lro.ErrNotOperation)
	}
	if raw := fields[s.list]; raw != nil {
		if err := json.Unmarshal(raw, &entries); err != nil {
			return lro.Page{}, fmt.Errorf("%w, nor a page of them: its %s are no list of objects", lro.ErrNotOperation, s.list)
		}
	} else if len(fields) > 0 && fields["kind"] == nil && fields["nextPageToken"] == nil {
		return lro.Page{}, fmt.Errorf("%w, nor a page of them: it has no field of one", lro.ErrNotOperation)
	}
	page := lro.Page{NextPageToken: textOf(fields["nextPageToken"])}
	for _, entry := range entries {
		if op, err := s.read(collection+"/"+textOf(entry[s.id]), entry); err == nil {
			page.Operations = append(page.Operations, op)
		}
	}
	return page, nil
}

// lastOf is the last segment of a name.
func lastOf(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }

// textOf is a JSON text, "" for any other value.
func textOf(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return ""
	}
	return text
}

// object is an object of the fields, in the order of their names.
func object(fields map[string]json.RawMessage) json.RawMessage {
	raw, err := json.Marshal(fields)
	if err != nil { // its values are valid JSON
		return nil
	}
	return raw
}

// httpFailure is the failure that an HTTP status tells, nil for a status below 400.
func httpFailure(status int, message string) *lro.Status {
	if status < 400 {
		return nil
	}
	return &lro.Status{Code: lro.CodeOfHTTP(status), Message: cmp.Or(message, fmt.Sprintf("HTTP %d", status))}
}
