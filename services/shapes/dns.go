package shapes

import "github.com/awaitop/awaitop/lro"

// dns is the form of changes of Cloud DNS' managed zones, which tell no error
// (cloud.google.com/dns/docs/reference/rest/v1/managedZoneOperations).
var dns = Shape{Name: "dns", done: "done", id: "id", list: "operations", pageSize: "maxResults", failure: func(ended) *lro.Status { return nil }}
