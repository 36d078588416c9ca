package lro

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// Page is one page of operations.
type Page struct {
	Operations []Operation `json:"operations,omitempty"`
	// NextPageToken is "" on the last page. A page that is not the last may be empty.
	NextPageToken string `json:"nextPageToken,omitempty"`
	// Unreachable names the resources that the List could not reach, if its request allows partial
	// success.
	Unreachable []string `json:"unreachable,omitempty"`
}

// ParsePage reads a google.longrunning.ListOperationsResponse from the JSON of an API's answer.
//
// "{}" is an empty page. An object that has fields, but none of a page's, is not a page: a search
// for a lost operation must not take it for "there is none". An entry that is not an operation is
// left out, so that it spoils no other entry's read. A read by its name says what it is. A body
// that is not JSON gives a plain error. JSON that is not a page, or a page of over 10,000 entries,
// wraps [ErrNotOperation].
func ParsePage(body []byte) (Page, error) {
	if !json.Valid(body) {
		return Page{}, fmt.Errorf("body of %d bytes is not JSON", len(body))
	}
	page, err := readPage(body)
	if err != nil {
		return Page{}, fmt.Errorf("%w, nor a page of them: %w", ErrNotOperation, err)
	}
	return page, nil
}

func readPage(body []byte) (page Page, err error) {
	fields, err := keysOf(body)
	switch {
	case err != nil:
		return page, err
	case fields == nil:
		return page, errors.New("it is no JSON object")
	case len(fields) > 0 && fields["operations"] == nil && fields["nextPageToken"] == nil && fields["unreachable"] == nil:
		return page, errors.New("it has no field of one")
	}
	entries, err := readElements(fields, "operations")
	if err != nil {
		return page, err
	}
	for _, entry := range entries {
		if op, err := ParseOperation(entry); err == nil {
			page.Operations = append(page.Operations, op)
		}
	}
	unreachable, err := readElements(fields, "unreachable")
	for _, raw := range unreachable {
		var name string
		err = errors.Join(err, json.Unmarshal(raw, &name))
		page.Unreachable = append(page.Unreachable, name)
	}
	return page, errors.Join(err, readField(fields, "nextPageToken", &page.NextPageToken))
}

func readElements(fields map[string]json.RawMessage, key string) ([]json.RawMessage, error) {
	if fields[key] == nil {
		return nil, nil
	}
	all, err := elementsOf(fields[key])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", key, err)
	}
	return all, nil
}

// Bound makes the page fit a payload, and reports whether it does. A page that is too large loses
// its metadata first, then its responses. Each operation that lost any is marked as Truncated.
func (p *Page) Bound() bool {
	drops := []func(*Operation){
		func(op *Operation) { op.Metadata, op.Truncated = nil, op.Truncated || op.Metadata != nil },
		func(op *Operation) { op.Response, op.Truncated = nil, op.Truncated || op.Response != nil },
		func(op *Operation) { op.Error = op.Error.Bound() },
	}
	p.Operations = slices.Clone(p.Operations) // the client may share its own
	for _, drop := range drops {
		if EncodedSize(p) <= MaxEncodedSize {
			return true
		}
		for i := range p.Operations {
			drop(&p.Operations[i])
		}
	}
	return EncodedSize(p) <= MaxEncodedSize
}
