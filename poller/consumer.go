package poller

import (
	"errors"
	"strings"

	"google.golang.org/genproto/googleapis/rpc/errdetails"

	"github.com/awaitop/awaitop/lro"
)

// consumer is the owner of the quota of a service that a request uses, in the words of ErrorInfo:
// "projects/p" or "projects/123". The zero consumer stands for the service itself. Requests without
// a project have it.
type consumer string

// maxConsumerLength bounds how much is kept of a consumer that a reply names. Project ids have 30
// characters at most, and a domain before them.
const maxConsumerLength = 200

// consumerOf returns the consumer of a request about a resource, as long as no reply has named
// another: the configured quota project, else the project in the resource's name. Organizations,
// folders and billing accounts have no quota of their own.
func consumerOf(quotaProject, resource string) consumer {
	if quotaProject != "" {
		return consumer("projects/" + quotaProject)
	}
	return projectIn(resource)
}

// projectIn finds the project in a name, by id or number. Names are pairs of a collection and an
// id. Those of bigtableadmin.googleapis.com begin with "operations". "-" is the wildcard for all
// projects (AIP-159).
func projectIn(name string) consumer {
	rest := strings.TrimPrefix(name, "operations/")
	for {
		collection, pair, more := strings.Cut(rest, "/")
		if !more {
			return ""
		}
		id, next, _ := strings.Cut(pair, "/")
		if collection == "projects" && id != "" && id != "-" {
			return consumer(rest[:len(collection)+1+len(id)])
		}
		rest = next
	}
}

// namedConsumer is the consumer in the metadata of a rejection's ErrorInfo, whose quota is used up.
// It is "" without one.
func namedConsumer(err error) consumer {
	var failed *lro.Error
	if !errors.As(err, &failed) {
		return ""
	}
	info, ok := lro.StatusDetail[*errdetails.ErrorInfo](failed.Status)
	if !ok {
		return ""
	}
	named := info.GetMetadata()["consumer"]
	kind, id, _ := strings.Cut(named, "/")
	switch {
	case len(named) > maxConsumerLength, id == "", strings.Contains(id, "/"):
		return ""
	case kind == "projects", kind == "folders", kind == "organizations":
		return consumer(named)
	default:
		return ""
	}
}
