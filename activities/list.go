package activities

import (
	"github.com/awaitop/awaitop/lro"
)

// ListInput asks for one page of a collection of operations. The zero value of
// each field but Collection leaves it to the service.
type ListInput struct {
	// Collection names the collection as a Ref names an operation, such as
	// //spanner.googleapis.com/projects/p/instances/i/operations, or one of
	// Spanner's aggregates (.../instances/i/databaseOperations).
	Collection lro.Ref `json:"collection"`
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
