package orphans

import "strings"

// The registered names of the activities of a sweep, see package activities/sweep. They are contracts: a
// running workflow finds its activities by them.
const (
	FindMarkedName = "awaitop.FindMarked"
	FindOwnersName = "awaitop.FindOwners"
	FindLeftName   = "awaitop.FindLeft"
)

// OperationAttribute is the name of the search attribute with the operations that a workflow awaits. A namespace
// need not have it.
const OperationAttribute = "AwaitopOperation"

// maxKeyword is the longest keyword that each of Temporal's stores takes, in bytes.
const maxKeyword = 255

// Keyword returns a text as [OperationAttribute] holds it: the text, or the end of a text over 255 bytes.
func Keyword(text string) string {
	const cut = "..."
	if len(text) <= maxKeyword {
		return text
	}
	return cut + strings.ToValidUTF8(text[len(text)-maxKeyword+len(cut):], "")
}
