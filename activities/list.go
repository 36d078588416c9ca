package activities

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"time"

	"github.com/awaitop/awaitop/lro"
)

// ListInput asks for one page of a collection of operations. The zero value of
// each field but Collection leaves it to the service.
type ListInput struct {
	// Collection names the collection, such as
	// //spanner.googleapis.com/projects/p/instances/i/operations, or one of
	// Spanner's aggregates (.../instances/i/databaseOperations). Required.
	Collection lro.Collection `json:"collection"`
	// Filter is the service's own filter language.
	Filter string `json:"filter,omitempty"`
	// PageSize is the most operations wanted in the page, 0 for the service's
	// default. A service may return fewer, or ignore it.
	PageSize int `json:"pageSize,omitempty"`
	// PageToken is NextPageToken of the page before, "" for the first.
	PageToken string `json:"pageToken,omitempty"`
	// ReturnPartialSuccess asks for what can be reached, and for the rest in
	// Unreachable, instead of an error.
	ReturnPartialSuccess bool `json:"returnPartialSuccess,omitempty"`

	invalid error
}

// ListOutput is one page.
type ListOutput struct {
	Operations []lro.Operation `json:"operations,omitempty"`
	// NextPageToken is "" on the last page. A page may be empty and yet have one.
	NextPageToken string `json:"nextPageToken,omitempty"`
	// Unreachable names the resources left out under ReturnPartialSuccess.
	Unreachable []string `json:"unreachable,omitempty"`
}

// UnmarshalJSON never fails, see [OperationInput.UnmarshalJSON].
func (in *ListInput) UnmarshalJSON(raw []byte) error {
	type plain ListInput
	_, in.invalid = lro.DecodeLenient("", raw, (*plain)(in))
	return nil
}

func (in ListInput) validate() error {
	if in.invalid != nil {
		return in.invalid
	}
	if in.PageSize < 0 {
		return &lro.InvalidError{Field: "pageSize", Value: strconv.Itoa(in.PageSize), Want: "0 (the service's default) or more"}
	}
	return in.Collection.Validate()
}

// ListOperations reads one page of a collection. A page that does not fit a
// payload loses its metadata first, then its responses, each operation marked
// as truncated; one that still does not fit is a failure that asks for a
// smaller page. Errors are those of [Activities.GetOperation].
func (a *Activities) ListOperations(ctx context.Context, in ListInput) (ListOutput, error) {
	if err := in.validate(); err != nil {
		return ListOutput{}, lro.Invalid(lro.Ref{}, err).Err()
	}
	page, err := a.poller.ListOperations(ctx, in)
	if err != nil {
		return ListOutput{}, a.readFailed(ctx, listFailure(in.Collection, err), err, false, time.Time{})
	}
	if !page.bound() {
		return ListOutput{}, lro.Invalid(lro.Ref{}, &lro.InvalidError{
			Field: "pageSize", Value: strconv.Itoa(in.PageSize),
			Problem: fmt.Sprintf("gives a page of %d operations that does not fit a payload", len(page.Operations)),
			Want:    "a smaller page",
		}).Err()
	}
	return page, nil
}

// bound makes the page fit a payload and reports whether it does.
func (out *ListOutput) bound() bool {
	drops := []func(*lro.Operation){
		func(op *lro.Operation) { op.Metadata, op.Truncated = nil, op.Truncated || op.Metadata != nil },
		func(op *lro.Operation) { op.Response, op.Truncated = nil, op.Truncated || op.Response != nil },
		func(op *lro.Operation) { op.Error = op.Error.Bound() },
	}
	out.Operations = slices.Clone(out.Operations) // the client may share its own
	for _, drop := range drops {
		if lro.EncodedSize(out) <= lro.MaxEncodedSize {
			return true
		}
		for i := range out.Operations {
			drop(&out.Operations[i])
		}
	}
	return lro.EncodedSize(out) <= lro.MaxEncodedSize
}

// Pages reads a collection from in's page on to its last, one page at a time:
//
//	for page, err := range activities.Pages(ctx, client, in) { ... }
//
// After an error it stops. A page may be empty without being the last. A
// service that hands out a page token for the second time would go on forever;
// that is an error.
func Pages(ctx context.Context, client Client, in ListInput) iter.Seq2[ListOutput, error] {
	return func(yield func(ListOutput, error) bool) {
		if err := in.validate(); err != nil {
			yield(ListOutput{}, err)
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
