package rest

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

var errNotJSON = errors.New("the body is not JSON")

// parsePage reads a google.longrunning.ListOperationsResponse. "{}" is an empty
// page. An object that has fields, but none of a page's, is no page: whoever
// looks for a lost operation must not take it for "there is none". An entry that
// is no operation is left out: it may be anybody's, and the others are not to
// wait for it to be mended. Who asks for it by name is told what it is.
func parsePage(body []byte) (activities.ListOutput, error) {
	if !json.Valid(body) {
		return activities.ListOutput{}, errNotJSON
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil || fields == nil {
		return activities.ListOutput{}, fmt.Errorf("%w, nor a page of them: it is no JSON object", lro.ErrNotOperation)
	}
	if len(fields) > 0 && fields["operations"] == nil && fields["nextPageToken"] == nil && fields["unreachable"] == nil {
		return activities.ListOutput{}, fmt.Errorf("%w, nor a page of them: it has no field of one", lro.ErrNotOperation)
	}
	var entries []json.RawMessage
	var page activities.ListOutput
	err := errors.Join(
		readField(fields, "operations", &entries),
		readField(fields, "nextPageToken", &page.NextPageToken),
		readField(fields, "unreachable", &page.Unreachable),
	)
	if err != nil {
		return activities.ListOutput{}, err
	}
	for _, entry := range entries {
		if op, err := lro.ParseOperation(entry); err == nil {
			page.Operations = append(page.Operations, op)
		}
	}
	return page, nil
}

// readField reads one field of a page into v, which keeps its value where the
// field is absent or null.
func readField(fields map[string]json.RawMessage, name string, v any) error {
	raw, ok := fields[name]
	if !ok {
		return nil
	}
	if err := json.Unmarshal(raw, v); err != nil {
		return fmt.Errorf("%w, nor a page of them: %s: %w", lro.ErrNotOperation, name, err)
	}
	return nil
}
