package lro

import (
	"context"
	"fmt"
	"iter"
	"net/url"
	"strconv"
)

// ListRequest asks for one page of a collection of operations. If a field other than Collection is
// zero, the service decides.
type ListRequest struct {
	// Collection names the collection, such as
	// //spanner.googleapis.com/projects/p/instances/i/operations, or one of
	// Spanner's aggregates (.../instances/i/databaseOperations). Required.
	Collection Collection `json:"collection"`
	// Filter is the service's own filter language.
	Filter string `json:"filter,omitempty"`
	// PageSize is the most operations wanted in the page, 0 for the service's
	// default. A service may return fewer, or ignore it.
	PageSize int `json:"pageSize,omitempty"`
	// PageToken is NextPageToken of the page before, "" for the first.
	PageToken string `json:"pageToken,omitempty"`
	// ReturnPartialSuccess asks for the operations that can be reached, and for the other resources
	// in Unreachable, instead of an error.
	ReturnPartialSuccess bool `json:"returnPartialSuccess,omitempty"`

	invalid error
}

// UnmarshalJSON never fails. It keeps the error for [ListRequest.Validate], so that an activity can
// report it as lro.TypeInvalidInput with the field and the value.
func (in *ListRequest) UnmarshalJSON(raw []byte) error {
	type plain ListRequest
	_, in.invalid = DecodeLenient("", raw, (*plain)(in))
	return nil
}

// Validate reports the first invalid field as an [*InvalidError].
func (in ListRequest) Validate() error {
	if in.invalid != nil {
		return in.invalid
	}
	if in.PageSize < 0 {
		return &InvalidError{Field: "pageSize", Value: strconv.Itoa(in.PageSize), Want: "0 (the service's default) or more"}
	}
	return in.Collection.Validate()
}

// Query returns the parameters of the request's URL that the request sets.
func (in ListRequest) Query() url.Values {
	query := url.Values{}
	if in.Filter != "" {
		query.Set("filter", in.Filter)
	}
	if in.PageSize != 0 {
		query.Set("pageSize", strconv.Itoa(in.PageSize))
	}
	if in.PageToken != "" {
		query.Set("pageToken", in.PageToken)
	}
	if in.ReturnPartialSuccess {
		query.Set("returnPartialSuccess", "true")
	}
	return query
}

// Pages reads a collection from in's page on to its last, one page at a time:
//
//	for page, err := range lro.Pages(ctx, client, in) { ... }
//
// After an error it stops. A page may be empty without being the last. A service that returns a
// page token for the second time would go on forever, so that is an error.
func Pages(ctx context.Context, client Client, in ListRequest) iter.Seq2[Page, error] {
	return func(yield func(Page, error) bool) {
		if err := in.Validate(); err != nil {
			yield(Page{}, err)
			return
		}
		asked := map[string]bool{} // by the page token
		for {
			page, err := client.ListOperations(ctx, in)
			asked[in.PageToken] = true
			if err == nil && page.NextPageToken != "" && asked[page.NextPageToken] {
				err = fmt.Errorf("list %s: the service repeats the page token %q", in.Collection, page.NextPageToken)
			}
			if !yield(page, err) || err != nil || page.NextPageToken == "" {
				return
			}
			in.PageToken = page.NextPageToken
		}
	}
}
