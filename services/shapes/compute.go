package shapes

// compute is the form of Compute Engine, in zones, regions, globally and in organizations
// (cloud.google.com/compute/docs/reference/rest/v1/zoneOperations). A page has 500 operations at most, by the
// parameter maxResults in the document compute/v1 of google.golang.org/api v0.311.0.
var compute = Shape{
	Name: "compute", done: "DONE", id: "name", list: "items", pageSize: "maxResults", largestPage: 500, filters: true,
	failure: textFailure("compute.googleapis.com"),
}
