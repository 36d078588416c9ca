package resources

import (
	"cmp"
	"context"
	"fmt"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
)

const (
	// largestPage is the most that services allow which cap pages at AIP-158's 1,000. Others take less of it.
	largestPage = 1000
	// smallestPage is the least size that pages which are too large to be read are lowered to.
	smallestPage = 10
	// maxPages bounds the requests of a list: 200,000 operations in pages of 1,000, 20,000 in pages of 100.
	maxPages = 200
)

// VisitOperations calls visit for each operation of a list, to its last page. It reports false if the service
// has no such list, or what the list is of is not there. Without a size of pages in the request it asks for the
// largest. A list of more than 200 pages is an error with the code FAILED_PRECONDITION: what was not read may be
// what is looked for. After an error, visit has seen a part.
//
// The list is not filtered by more than the request says, because a service that reads a filter in its own way
// would hide the caller's own operation.
func (c Client) VisitOperations(ctx context.Context, request lro.ListRequest, visit func(lro.Operation)) (listed bool, err error) {
	request.PageSize = cmp.Or(request.PageSize, largestPage)
	asked := map[string]bool{} // by the page token
	for range maxPages {
		page, err := c.Poller.At(poller.PriorityStart).ListOperations(ctx, request)
		if class := lro.Classify(err); class == lro.ClassUnsupported || class == lro.ClassNotFound {
			return false, nil
		}
		if size, other := otherSize(request, err); other {
			request.PageSize = size
			continue
		}
		if err != nil {
			return true, err
		}
		for _, op := range page.Operations {
			visit(op)
		}
		asked[request.PageToken] = true
		switch next := page.NextPageToken; {
		case next == "":
			return true, nil
		case asked[next]:
			return true, fmt.Errorf("list %s: the service repeats the page token %q", request.Collection, next)
		default:
			request.PageToken = next
		}
	}
	return true, tooLong(request.Collection)
}

// otherSize is the size of pages to ask for after an error, and reports whether that may help. Pages with large
// metadata may not be readable. A service may refuse a size that it does not allow: then it chooses.
func otherSize(request lro.ListRequest, err error) (int, bool) {
	switch class := lro.Classify(err); {
	case class == lro.ClassUnreadable && request.PageSize > smallestPage:
		return max(request.PageSize/4, smallestPage), true
	case class == lro.ClassPermanent && request.PageSize > 0 && request.PageToken == "" && lro.StatusOf(err).Code == lro.CodeInvalidArgument:
		return 0, true
	default:
		return request.PageSize, false
	}
}

// tooLong says that a list was not read to its end.
func tooLong(collection lro.Collection) error {
	message := fmt.Sprintf("%s has more operations than %d pages hold, so nothing tells whether the one that is looked for is among them: delete some that have ended", collection, maxPages)
	return &lro.Error{Method: "ListOperations", Status: lro.Status{Code: lro.CodeFailedPrecondition, Message: message}}
}
