package shapes

// compute is the form of Compute Engine, in zones, regions, globally and in organizations
// (cloud.google.com/compute/docs/reference/rest/v1/zoneOperations).
var compute = Shape{Name: "compute", done: "DONE", id: "name", list: "items", pageSize: "maxResults", filters: true, failure: textFailure("compute.googleapis.com")}
