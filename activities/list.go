package activities

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/awaitop/awaitop/lro"
)

// ListOperations reads one page of a collection. A page that does not fit a payload loses its
// metadata first, then its responses, and each operation that lost any is marked as truncated. If
// it still does not fit, the failure asks for a smaller page. Errors are those of
// [Activities.GetOperation].
func (a *Activities) ListOperations(ctx context.Context, in lro.ListRequest) (lro.Page, error) {
	if err := in.Validate(); err != nil {
		return lro.Page{}, NewError(lro.Invalid(lro.Ref{}, err))
	}
	page, err := a.poller.ListOperations(ctx, in)
	if err != nil {
		return lro.Page{}, a.readFailed(ctx, listFailure(in.Collection, err), err, false, time.Time{})
	}
	if !page.Bound() {
		return lro.Page{}, NewError(lro.Invalid(lro.Ref{}, &lro.InvalidError{
			Field: "pageSize", Value: strconv.Itoa(in.PageSize),
			Problem: fmt.Sprintf("gives a page of %d operations that does not fit a payload", len(page.Operations)),
			Want:    "a smaller page",
		}))
	}
	return page, nil
}
