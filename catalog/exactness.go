package catalog

import "fmt"

// Exactness is the best that tells the operation of a start method from all others after a lost
// reply, by the documents. A smaller one is better. The zero value is none of them.
type Exactness int

// The classes, the best first.
const (
	// ByRequestID: the request has a requestId. The server keeps it for about an hour.
	ByRequestID Exactness = iota + 1
	// ByLabel: a label on what the method makes.
	ByLabel
	// ByIDAndMetadata: the caller's own id, and metadata with the target and a time.
	ByIDAndMetadata
	// ByMetadata: metadata with the target and a time.
	ByMetadata
	// ByIDAndAge: the caller's own id, and the time at which the resource was made.
	ByIDAndAge
	// ByAge: a time, of the operation or of the resource.
	ByAge
	// ByNothing: the documents name nothing. A lost reply may start it twice.
	ByNothing
)

var exactnessWords = [...]string{
	"", "requestId", "label on what is made", "own id, and metadata with target and time", "metadata with target and time",
	"own id, and only the resource's createTime", "age only", "nothing in the document",
}

// String is the class in words.
func (e Exactness) String() string {
	if e < ByRequestID || e > ByNothing {
		return fmt.Sprintf("Exactness(%d)", int(e))
	}
	return exactnessWords[e]
}
