// SPDX-License-Identifier: MIT
#include "app/wizard/picture.h"

#include <wx/bitmap.h>
#include <wx/dcclient.h>
#include <wx/dcmemory.h>
#include <wx/window.h>

#ifdef __WXGTK__
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#include <gtk/gtk.h>
#pragma GCC diagnostic pop
#endif

namespace monban::wizard {

#ifdef __WXGTK__

// GTK's windows have no content outside a paint event: GDK is asked for what was painted.
wxImage pictureOf(wxWindow& window)
{
    GdkWindow* gdk = gtk_widget_get_window(window.GetHandle());
    if (!gdk) return {};
    GdkPixbuf* pixels = gdk_pixbuf_get_from_window(gdk, 0, 0, gdk_window_get_width(gdk), gdk_window_get_height(gdk));
    if (!pixels) return {};
    const int width = gdk_pixbuf_get_width(pixels);
    const int height = gdk_pixbuf_get_height(pixels);
    const int channels = gdk_pixbuf_get_n_channels(pixels);
    const int stride = gdk_pixbuf_get_rowstride(pixels);
    const guchar* from = gdk_pixbuf_get_pixels(pixels);
    wxImage image(width, height, false);
    unsigned char* to = image.GetData();
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            for (int c = 0; c < 3; ++c) *to++ = from[y * stride + x * channels + c];
    g_object_unref(pixels);
    return image;
}

#else

wxImage pictureOf(wxWindow& window)
{
    wxClientDC from(&window);
    const wxSize size = window.GetClientSize();
    wxBitmap bitmap(size, 24);
    wxMemoryDC to(bitmap);
    if (!to.Blit(0, 0, size.x, size.y, &from, 0, 0)) return {};
    to.SelectObject(wxNullBitmap);
    return bitmap.ConvertToImage();
}

#endif

}  // namespace monban::wizard
