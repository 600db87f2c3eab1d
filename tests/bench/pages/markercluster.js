// The peer of the map: Leaflet with markercluster, as its own documentation sets it up, fed the same points.
import L from "leaflet";
import "leaflet/dist/leaflet.css";
import "leaflet.markercluster";
import "leaflet.markercluster/dist/MarkerCluster.css";
import "leaflet.markercluster/dist/MarkerCluster.Default.css";

const { points, view, size } = await fetch("/points.json").then((answer) => answer.json());
const box = document.getElementById("map");
Object.assign(box.style, { width: `${size.width}px`, height: `${size.height}px` });
document.body.style.margin = "0";

const map = L.map(box, { maxZoom: 18 }).setView([view.lat, view.lng], view.zoom);
const group = L.markerClusterGroup();
// A small round icon instead of the default picture, which would be a request for each kind of screen.
const icon = L.divIcon({ className: "dot", iconSize: [12, 12], html: "●" });
group.addLayers(points.map(([lng, lat]) => L.marker([lat, lng], { icon })));
map.addLayer(group);
requestAnimationFrame(() => (document.documentElement.dataset.drawn = "true"));
